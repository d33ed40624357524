// Photographs: see what was chosen for each view, open the camera directly, compare on change.

const preview = (input) => {
  const frame = input.closest("[data-photo-place]")?.querySelector("[data-preview]");
  if (!frame) return;
  const outline = frame.querySelector("svg");
  frame.querySelector("img, span")?.remove();
  outline.toggleAttribute("hidden", false);
  const file = input.files[0];
  if (!file) return;
  const picture = document.createElement("img");
  picture.alt = `Chosen: ${file.name}`;
  picture.src = URL.createObjectURL(file);
  picture.addEventListener("load", () => {
    outline.toggleAttribute("hidden", true);
    URL.revokeObjectURL(picture.src);
  });
  picture.addEventListener("error", () => {
    // HEIC is shown by few browsers; the server can read it.
    const name = document.createElement("span");
    name.textContent = `${file.name} (no preview)`;
    picture.replaceWith(name);
  });
  frame.append(picture);
};

const inputs = [...document.querySelectorAll("input[type=file][data-photo]")];
for (const input of inputs) input.addEventListener("change", () => preview(input));

const choice = document.querySelector("[data-camera-choice]");
if (choice && matchMedia("(pointer: coarse)").matches) {
  choice.hidden = false;
  choice.querySelector("input").addEventListener("change", (event) => {
    for (const input of inputs) {
      if (event.target.checked) input.setAttribute("capture", "environment");
      else input.removeAttribute("capture");
    }
  });
}

for (const form of document.querySelectorAll("form[data-submits]")) {
  form.addEventListener("change", () => form.requestSubmit());
}

// A browser cannot hold chosen files for a second try: what is still to be ticked is said first.
const agreed = document.querySelector("input[name=agreed]");
agreed?.form.addEventListener("submit", (event) => {
  if (agreed.reportValidity()) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, { capture: true });
