// <signature-pad name="signature">: a drawn signature as a PNG data URL in a hidden input.
// The page loads vendor/signature_pad/signature_pad.umd.min.js before this module.

class Signature extends HTMLElement {
  connectedCallback() {
    if (this.pad) return;
    const name = this.getAttribute("name") ?? "signature";
    this.input = Object.assign(document.createElement("input"), { type: "hidden", name });
    this.canvas = document.createElement("canvas");
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", this.getAttribute("label") ?? "Draw your signature here, or type your name below");
    const paper = document.createElement("div");
    paper.className = "signature-paper";
    paper.append(this.canvas);
    const tools = document.createElement("div");
    tools.className = "signature-tools";
    this.note = document.createElement("span");
    this.note.className = "soft small";
    this.note.setAttribute("role", "status");
    this.note.textContent = "Sign above with a finger, a pen or the mouse.";
    const clear = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-secondary btn-sm" });
    clear.textContent = "Clear";
    clear.addEventListener("click", () => this.clear());
    tools.append(this.note, clear);
    this.prepend(paper, tools, this.input);
    this.pad = new window.SignaturePad(this.canvas, { penColor: "#15232a", backgroundColor: "#ffffff", minWidth: 0.8, maxWidth: 2.4 });
    this.pad.addEventListener("endStroke", () => this.keep());
    new ResizeObserver(() => this.fit()).observe(this.canvas);
    this.fit();
  }

  fit() {
    const ratio = Math.max(window.devicePixelRatio || 1, 1);
    const width = Math.round(this.canvas.offsetWidth * ratio);
    const height = Math.round(this.canvas.offsetHeight * ratio);
    if (!width || (this.canvas.width === width && this.canvas.height === height)) return;
    const strokes = this.pad.toData();
    this.canvas.width = width;
    this.canvas.height = height;
    this.canvas.getContext("2d").scale(ratio, ratio);
    this.pad.clear();
    this.pad.fromData(strokes);
    this.keep();
  }

  keep() {
    const empty = this.pad.isEmpty();
    this.input.value = empty ? "" : this.pad.toDataURL("image/png");
    this.note.textContent = empty ? "Sign above with a finger, a pen or the mouse." : "Signature drawn.";
    this.dispatchEvent(new Event("input", { bubbles: true }));
  }

  clear() {
    this.pad.clear();
    this.keep();
  }
}
customElements.define("signature-pad", Signature);
