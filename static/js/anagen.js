// What every page does: search, error summary, menus, messages, one submit at a time.

// ---- search: "/" from anywhere, arrows through what was found, Escape closes ----
const search = document.querySelector("[data-search]");
const field = search?.querySelector("input");
const results = search?.querySelector(".search-results");

const isTyping = (element) =>
  element.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(element.tagName);

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!field || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  field.focus();
  field.select();
});

if (search) {
  const said = search.querySelector("[role=status]");
  let closed = false; // by Escape, until something is typed or the field is entered anew
  const show = (open) => (results.hidden = closed || !open || !results.childElementCount);
  field.addEventListener("input", () => (closed = false));
  results.addEventListener("htmx:afterSwap", () => {
    show(search.contains(document.activeElement));
    const count = results.querySelectorAll("a").length;
    if (!results.hidden) said.textContent = count === 1 ? "1 patient" : `${count} patients`;
  });
  search.addEventListener("focusout", (event) => {
    if (search.contains(event.relatedTarget)) return;
    show(false);
    closed = false;
  });
  results.addEventListener("mousedown", (event) => event.preventDefault());
  search.addEventListener("keydown", (event) => {
    const links = [...results.querySelectorAll("a")];
    const place = links.indexOf(document.activeElement);
    if (event.key === "Escape") {
      closed = true;
      show(false);
      field.focus();
    } else if (event.key === "ArrowDown" && links.length) {
      event.preventDefault();
      show(true);
      links[Math.min(place + 1, links.length - 1)].focus();
    } else if (event.key === "ArrowUp" && place >= 0) {
      event.preventDefault();
      (links[place - 1] ?? field).focus();
    }
  });
}

// ---- error summary: focus it, and lead to the field ----
const focusErrors = (root) => {
  const summary = root.querySelector?.("[data-error-summary]");
  summary?.focus();
  summary?.scrollIntoView({ block: "center" });
};
focusErrors(document);
document.addEventListener("htmx:afterSwap", (event) => focusErrors(event.target));

// ---- a saved part of a page: its form has closed, so the place on the page has moved ----
document.addEventListener("htmx:afterSwap", (event) => {
  const { requestConfig, target } = event.detail;
  if (requestConfig?.triggeringEvent?.type !== "submit" || !target?.id) return;
  const part = document.getElementById(target.id);
  if (!part || part.querySelector("[data-error-summary]")) return;
  const heading = part.querySelector("h2, h3") ?? part;
  const { top } = heading.getBoundingClientRect();
  if (top < 160 || top > window.innerHeight) heading.scrollIntoView({ block: "center" });
  part.querySelector("summary")?.focus({ preventScroll: true });
});
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-error-summary] a");
  const target = link && document.getElementById(link.hash.slice(1));
  if (!target) return;
  event.preventDefault();
  target.focus({ preventScroll: true });
  (target.closest(".field") ?? target).scrollIntoView({ block: "center" });
});

// ---- menus: one open at a time ----
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// ---- messages: seen also where the page opens further down, at the part that was saved ----
document.addEventListener("click", (event) => {
  event.target.closest?.("[data-dismiss]")?.closest(".alert")?.remove();
});

const isOnScreen = (element) => {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > 0 && top < window.innerHeight;
};
const bringMessages = () => {
  const box = document.getElementById("messages");
  if (!box?.childElementCount || box.classList.contains("is-brought")) return;
  const place = document.createElement("div");
  box.before(place);
  if (isOnScreen(box)) return place.remove();
  box.classList.add("is-brought");
  // Back in its place, once that comes into view.
  new IntersectionObserver(([seen], observer) => {
    if (!seen.isIntersecting) return;
    observer.disconnect();
    place.remove();
    box.classList.remove("is-brought");
  }).observe(place);
};
// A frame after the browser went to the part that the address names.
const afterTheJump = () => requestAnimationFrame(() => requestAnimationFrame(bringMessages));
if (document.readyState === "complete") afterTheJump();
else window.addEventListener("load", afterTheJump);
document.addEventListener("htmx:afterSettle", bringMessages);

const icons = { good: "good", attention: "warning", danger: "danger", information: "info" };
export const say = (kind, text) => {
  const box = document.getElementById("messages");
  if (!box) return;
  const alert = document.createElement("div");
  alert.className = `alert alert-${kind}`;
  const sprite = document.querySelector("svg.icon use")?.getAttribute("href").split("#")[0];
  const icon = document.createElement("template");
  icon.innerHTML = `<svg class="icon" aria-hidden="true"><use href="${sprite}#${icons[kind]}"></use></svg>`;
  if (sprite) alert.append(icon.content);
  const body = document.createElement("div");
  body.className = "alert-body";
  body.textContent = text;
  alert.append(body);
  box.replaceChildren(alert);
  box.scrollIntoView({ block: "nearest" });
};

document.addEventListener("htmx:responseError", (event) => {
  const { status } = event.detail.xhr;
  if (status === 401) {
    document.getElementById("signed-out")?.showModal();
  } else if (status === 403) {
    say("danger", "You may not do that. Nothing was changed.");
  } else if (status === 429) {
    say("attention", "Too many requests at once. Wait a moment and try again.");
  } else {
    say("danger", "That did not work and nothing was changed. Try again; if it stays, tell your administrator.");
  }
});
document.addEventListener("htmx:sendError", () => {
  say("danger", "The clinic's server cannot be reached. What you typed is still here; try again in a moment.");
});

document.addEventListener("allauth.error", (event) => {
  event.preventDefault(); // A finger that was not recognised is no fault of the page.
  console.info(event.detail.exception);
  say("attention", "The passkey or key was not read. Nothing was changed; try again, or use another way to sign in.");
});

// ---- one submit at a time ----
const release = (form) => {
  delete form.dataset.sending;
  for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
};
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === "dialog" || form.method === "get") return;
  if (form.dataset.sending) {
    event.preventDefault();
    return;
  }
  form.dataset.sending = "yes";
  const button = event.submitter ?? form.querySelector("button:not([type=button])");
  button?.setAttribute("aria-busy", "true");
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form");
  if (form) release(form);
});
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sending]").forEach(release));

// ---- unsaved changes: <form data-warn-unsaved> ----
const changed = new WeakSet();
document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-warn-unsaved]");
  if (form) changed.add(form);
});
document.addEventListener("submit", (event) => changed.delete(event.target));
document.addEventListener("anagen:saved", (event) => changed.delete(event.target.closest("form")));
window.addEventListener("beforeunload", (event) => {
  const unsaved = [...document.querySelectorAll("form[data-warn-unsaved]")].some((form) => changed.has(form));
  if (unsaved) event.preventDefault();
});
