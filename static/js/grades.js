// Choosing a grade: list and pictures say the same, and SALT is added up while typing.

const WEIGHTS = { vertex: 40, back: 24, left: 18, right: 18 };
const GROUPS = ["S1", "S2", "S3", "S4"];

const groupOf = (score) => (score === 0 ? "S0" : score >= 100 ? "S5" : GROUPS[Math.floor(score / 25)]);

class GradePicker extends HTMLElement {
  connectedCallback() {
    this.list = this.querySelector("[data-grade-list]");
    this.cards = [...this.querySelectorAll("input[data-grade-card]")];
    this.addEventListener("change", (event) => this.follow(event.target));
    this.addEventListener("input", () => this.addUp());
    this.addUp();
  }

  follow(changed) {
    if (changed === this.list) {
      for (const card of this.cards) card.checked = card.value === this.list.value;
    } else if (changed.matches("[data-grade-card]")) {
      this.list.value = changed.value;
    }
    this.say();
  }

  say() {
    for (const fold of this.querySelectorAll("[data-grade-scale]")) {
      const chosen = fold.querySelector("input[data-grade-card]:checked");
      const said = fold.querySelector("[data-grade-said]");
      if (said) said.textContent = chosen?.dataset.label ?? "";
    }
  }

  addUp() {
    const output = this.querySelector("[data-salt]");
    if (!output) return;
    const typed = Object.entries(WEIGHTS).map(([area, weight]) => {
      const text = this.querySelector(`[name$="-salt_${area}"]`).value.trim();
      return text === "" ? NaN : Number(text) * weight;
    });
    const score = typed.reduce((sum, share) => sum + share, 0) / 100;
    output.textContent = score >= 0 && score <= 100 ? `${score} % (${groupOf(score)})` : "Needs all four areas";
  }
}

customElements.define("grade-picker", GradePicker);
