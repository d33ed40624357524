// Consent pages: printing, and a drawn signature put back when the form returns with an error.

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

const before = document.getElementById("drawn-before");
const signature = document.querySelector("signature-pad");
if (before && signature?.pad) {
  await signature.pad.fromDataURL(before.src);
  signature.keep();
}
