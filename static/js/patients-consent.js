// A drawn signature is put back when the form returns with an error.

const before = document.getElementById("drawn-before");
const signature = document.querySelector("signature-pad");
if (before && signature?.pad) {
  await signature.pad.fromDataURL(before.src);
  signature.keep();
}
