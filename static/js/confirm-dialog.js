// <confirm-dialog> around a native <dialog>; any [data-opens="id"] opens it.

class ConfirmDialog extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      const dialog = this.querySelector("dialog");
      if (event.target.closest("[data-close]") || event.target === dialog) dialog.close();
    });
  }
}
customElements.define("confirm-dialog", ConfirmDialog);

document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-opens]");
  const dialog = opener && document.getElementById(opener.dataset.opens);
  if (!dialog) return;
  event.preventDefault();
  dialog.showModal();
  dialog.querySelector("input:not([type=hidden]), [data-close]")?.focus();
  dialog.addEventListener("close", () => opener.focus(), { once: true });
});
