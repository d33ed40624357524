// <saves-answers>: saves each answer when it is given, says so, and tries again where that fails.
// Without it the buttons of the form save everything.

const AGAIN_MS = 5_000;
const LONGEST_WAIT_MS = 20_000;

class SavesAnswers extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.line = this.querySelector("[data-saved]");
    this.words = this.querySelector("[data-words]").content;
    this.waiting = new Set();
    this.isSending = false;
    this.addEventListener("change", (event) => this.take(event.target.closest("[data-ask]")));
    window.addEventListener("online", () => this.send());
    window.addEventListener("focus", () => this.send());
    window.addEventListener("beforeunload", (event) => {
      if (this.waiting.size && !this.isLeaving) event.preventDefault();
    });
    this.form.addEventListener("submit", () => (this.isLeaving = true));
  }

  take(ask) {
    if (!ask) return;
    this.waiting.add(ask.dataset.ask);
    this.send();
  }

  async send() {
    if (this.isSending || this.isLeaving || !this.waiting.size) return;
    this.isSending = true;
    clearTimeout(this.timer);
    const [ask] = this.waiting;
    this.waiting.delete(ask);
    const isDone = await this.save(ask);
    this.isSending = false;
    if (!isDone) {
      this.waiting.add(ask);
      this.timer = setTimeout(() => this.send(), AGAIN_MS);
    } else if (this.waiting.size) this.send();
  }

  // Returns whether there is nothing more to try: it is saved, or only the patient can put it right.
  async save(ask) {
    const body = new FormData(this.form);
    body.set("saves", ask);
    let answer, said;
    try {
      answer = await fetch(this.form.action, {
        method: "POST",
        body,
        redirect: "error",
        signal: AbortSignal.timeout(LONGEST_WAIT_MS),
      });
      said = await answer.json();
    } catch {
      this.tell("failed");
      return false;
    }
    if (answer.ok) {
      this.show(`Saved ${said.saved}`);
    } else if (answer.status === 422 || answer.status === 409) {
      this.show(said.said, "failed");
    } else {
      this.tell(answer.status === 401 ? "away" : "failed");
      return false;
    }
    return true;
  }

  show(text, state = "") {
    this.line.dataset.state = state;
    this.line.textContent = text;
  }

  tell(which) {
    this.line.dataset.state = "failed";
    this.line.replaceChildren(this.words.querySelector(`[data-${which}]`).cloneNode(true));
  }
}

customElements.define("saves-answers", SavesAnswers);
