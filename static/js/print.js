// Pages that are printed: their buttons, and the page that was opened to be printed at once.

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// Paper cannot be unfolded: what is folded on the screen is printed open, and folded again after.
let folded = [];
window.addEventListener("beforeprint", () => {
  folded = [...document.querySelectorAll("main details:not([open])")];
  for (const each of folded) each.open = true;
});
window.addEventListener("afterprint", () => {
  for (const each of folded) each.open = false;
  folded = [];
});

// The private address of a patient's page opens it to whoever reads the paper. Browsers print the
// address at the foot of each sheet, so another one stands there meanwhile.
if (document.querySelector("[data-private-address]")) {
  const shown = window.location.href;
  window.addEventListener("beforeprint", () => window.history.replaceState(null, "", "/my/"));
  window.addEventListener("afterprint", () => window.history.replaceState(null, "", shown));
}

if (document.querySelector("[data-print-now]")) {
  // Loading the page again must not print it again.
  const address = new URL(window.location.href);
  address.searchParams.delete("print");
  window.history.replaceState(null, "", address);
  await document.fonts.ready;
  window.print();
}
