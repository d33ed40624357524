// <answer-group>: a button that answers "no" to what of the group has no answer yet. It saves
// nothing: what it chose is on the page to be read, and changed, before it is saved.

class AnswerGroup extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("[data-rest]");
    this.button?.addEventListener("click", () => this.answer());
    this.addEventListener("change", () => this.show());
    this.show();
  }

  questions() {
    return [...this.querySelectorAll("fieldset")];
  }

  unanswered() {
    return this.questions().filter((question) => !question.querySelector("input:checked"));
  }

  show() {
    if (this.button) this.button.hidden = this.unanswered().length === 0;
  }

  answer() {
    for (const question of this.unanswered()) {
      const no = question.querySelector('input[value="no"]');
      if (no) no.checked = true;
    }
    this.dispatchEvent(new Event("change", { bubbles: true }));
    this.querySelector("input:checked")?.focus();
  }
}

customElements.define("answer-group", AnswerGroup);
