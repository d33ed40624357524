// <form-rows prefix="zones">: add and remove rows of a Django formset.
//   rows:      [data-row] in [data-rows]; the empty row in <template> with __prefix__
//   buttons:   [data-add-row], [data-remove-row]

class FormRows extends HTMLElement {
  connectedCallback() {
    this.rows = this.querySelector("[data-rows]");
    this.total = this.querySelector(`[name="${this.getAttribute("prefix")}-TOTAL_FORMS"]`);
    this.addEventListener("click", (event) => {
      if (event.target.closest("[data-add-row]")) this.add();
      const remove = event.target.closest("[data-remove-row]");
      if (remove) this.remove_(remove.closest("[data-row]"));
    });
    for (const row of this.rows.querySelectorAll("[data-row]")) {
      if (this.deletion(row)?.checked) row.hidden = true;
    }
    this.number();
  }

  deletion(row) {
    return row.querySelector('input[name$="-DELETE"]');
  }

  shown() {
    return [...this.rows.querySelectorAll("[data-row]")].filter((row) => !row.hidden);
  }

  add() {
    const place = Number(this.total.value);
    const limit = Number(this.querySelector(`[name="${this.getAttribute("prefix")}-MAX_NUM_FORMS"]`)?.value || 1000);
    if (this.shown().length >= limit) return;
    const box = document.createElement("template");
    box.innerHTML = this.querySelector("template").innerHTML.replaceAll("__prefix__", String(place));
    const row = box.content.firstElementChild;
    this.rows.append(row);
    this.total.value = String(place + 1);
    this.number();
    window.htmx?.process(row);
    row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
    this.changed();
  }

  // A removed row stays in the page, ticked for deletion, so that the numbering has no holes.
  remove_(row) {
    const box = this.deletion(row);
    if (box) box.checked = true;
    for (const control of row.querySelectorAll("[required]")) control.required = false;
    const near = row.nextElementSibling ?? row.previousElementSibling;
    row.hidden = true;
    this.number();
    (near && !near.hidden ? near.querySelector("input:not([type=hidden]), select") : this.querySelector("[data-add-row]"))?.focus();
    this.changed();
  }

  number() {
    this.shown().forEach((row, place) => {
      const label = row.querySelector("[data-row-number]");
      if (label) label.textContent = String(place + 1);
    });
  }

  changed() {
    this.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
customElements.define("form-rows", FormRows);
