// Pages that are printed: their buttons, and the page that was opened to be printed at once.

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

if (document.querySelector("[data-print-now]")) {
  await document.fonts.ready;
  window.print();
}
