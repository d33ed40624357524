// The session page: saves itself every pause, marks what cannot be right, and sets times to now.

const form = document.querySelector("form[data-autosave]");
const PAUSE_MS = 1200;

// ---- saving ----
let timer = 0;
let running = null;
let waiting = false;
let leaving = false;

const show = (html) => {
  const old = document.getElementById("saved");
  if (old && html) old.outerHTML = html;
};

const complain = (text) => {
  const place = document.getElementById("saved");
  if (!place) return;
  place.dataset.state = "error";
  place.textContent = `Not saved: ${text}`;
};

const take = (answer) => {
  for (const field of document.querySelectorAll('input[name="revision"]')) field.value = answer.revision;
  for (const [name, html] of Object.entries(answer.live)) {
    const old = document.getElementById(`live-${name}`);
    if (old && old.outerHTML !== html.trim()) old.outerHTML = html;
  }
  showReasons();
  mark(answer.errors);
  if (!Object.keys(answer.errors).length) form.querySelector("[data-problems]")?.remove();
  show(answer.saved);
  if (!Object.keys(answer.errors).length && !waiting && !timer) {
    form.dispatchEvent(new CustomEvent("anagen:saved", { bubbles: true }));
  }
};

// ---- which fields were changed since the page last agreed with the record ----
const touchedField = form?.elements.namedItem("touched");
const touched = new Set(touchedField?.value.split(" ").filter(Boolean));
if (touchedField) touchedField.disabled = false;

const tellTouched = () => {
  touchedField.value = [...touched].join(" ");
};

const touch = (event) => {
  const name = event.target.name || event.target.getAttribute("prefix");
  if (!name || event.target === touchedField) return;
  touched.add(name);
  tellTouched();
};

const send = async () => {
  const body = new FormData(form);
  const sent = [...touched];
  touched.clear(); // What is changed while this is on its way is touched anew.
  const isStored = await post(body);
  if (!isStored) sent.forEach((name) => touched.add(name));
  tellTouched();
};

// Says whether everything on the page is stored.
const post = async (body) => {
  let response;
  try {
    response = await fetch(form.dataset.autosave, {
      method: "POST",
      body,
      headers: { Accept: "application/json" },
      redirect: "manual",
    });
  } catch {
    complain("the server cannot be reached. What you typed is still here.");
    return false;
  }
  if (response.type === "opaqueredirect" || response.status === 401) {
    complain("you were signed out. What you typed is still here.");
    document.getElementById("signed-out")?.showModal();
    return false;
  }
  if (!response.headers.get("Content-Type")?.includes("application/json")) {
    complain(response.status === 404 ? "this draft is not there any more." : "something went wrong. Press Save draft.");
    return false;
  }
  const answer = await response.json();
  if (response.ok) {
    take(answer);
    return !Object.keys(answer.errors).length;
  }
  show(answer.saved);
  if (response.status === 409) form.dataset.conflict = "yes";
  return false;
};

// One at a time: each save carries the revision that the one before it returned.
const save = async () => {
  clearTimeout(timer);
  timer = 0;
  if (leaving || "conflict" in form.dataset) return;
  if (running) {
    waiting = true;
    return;
  }
  running = send();
  await running;
  running = null;
  if (waiting) {
    waiting = false;
    await save();
  }
};

const soon = () => {
  clearTimeout(timer);
  timer = setTimeout(save, PAUSE_MS);
};

// ---- marking ----
const mark = (errors) => {
  for (const old of form.querySelectorAll(".field-error")) {
    const id = old.id.replace(/_error$/, "");
    if (!(id in errors)) unmark(id, old);
  }
  for (const [id, text] of Object.entries(errors)) markField(id, text);
};

const unmark = (id, message) => {
  message.remove();
  const control = document.getElementById(id);
  control?.classList.remove("is-invalid");
  control?.removeAttribute("aria-invalid");
};

const dangerIcon = () => {
  const sprite = document.querySelector("svg.icon use")?.getAttribute("href").split("#")[0];
  if (!sprite) return [];
  const box = document.createElement("template");
  box.innerHTML = `<svg class="icon" aria-hidden="true"><use href="${sprite}#danger"></use></svg>`;
  return [...box.content.children];
};

const markField = (id, text) => {
  const box = document.getElementById(`div_${id}`);
  const control = document.getElementById(id) ?? box?.querySelector("input");
  if (!box) return;
  let message = document.getElementById(`${id}_error`);
  if (!message) {
    message = document.createElement("p");
    message.id = `${id}_error`;
    message.className = "field-error";
    const target = box.querySelector(".input-group, .choices, .form-check") ?? control;
    target.before(message);
  }
  if (message.textContent.trim() !== text) {
    const words = document.createElement("span");
    words.textContent = text;
    message.replaceChildren(...dangerIcon(), words);
  }
  control?.classList.add("is-invalid");
  control?.setAttribute("aria-invalid", "true");
  control?.setAttribute("aria-describedby", message.id);
};

// ---- a reason is asked only where there is something to explain ----
const showReason = (asked, cause) => {
  const reason = form.querySelector(asked);
  if (reason) reason.hidden = !document.querySelector(cause) && !reason.querySelector("input").value;
};

const showReasons = () => {
  showReason("[data-when-over]", "#live-infiltration [data-over]");
  showReason("[data-when-allergic]", "#live-anaesthesia [data-allergic]");
};

// ---- what the patient was asked is true of one day: dated anew, the session asks again ----
const ASKED = '[name^="asked_"][type="radio"], [name^="identity_confirmed"], [name="contraindications_checked"], [name="consent_reconfirmed"]';

const askAgain = (event) => {
  const asked = form.elements.namedItem("asked_date");
  const day = event.target.value;
  if (event.target.name !== "performed_date" || !asked || day < "2000" || day === asked.value) return;
  asked.value = day;
  for (const field of [asked, ...form.querySelectorAll(ASKED)]) {
    field.checked = false;
    touched.add(field.name);
  }
  tellTouched();
};

// ---- times: now, at the site ----
const clockNow = () =>
  new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: form.dataset.zone }).format(new Date());

const addNowButton = (field) => {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-secondary";
  button.textContent = "Now";
  button.setAttribute("aria-label", `${field.labels[0]?.textContent.trim() ?? ""}: now`);
  button.addEventListener("click", () => {
    field.value = clockNow();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  const together = document.createElement("span");
  together.className = "time-now";
  field.replaceWith(together);
  together.append(field, button);
};

if (form) {
  for (const field of form.querySelectorAll("[data-now]")) addNowButton(field);
  for (const kind of ["input", "change"]) {
    form.addEventListener(kind, askAgain);
    form.addEventListener(kind, touch);
    form.addEventListener(kind, soon);
  }
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && timer) save();
  });
  // A save under way has to come back first, with the revision that the next one needs.
  form.addEventListener("submit", async (event) => {
    clearTimeout(timer);
    timer = 0;
    waiting = false;
    if (!running) {
      leaving = true;
      return;
    }
    event.preventDefault();
    const { submitter } = event;
    await running;
    form.requestSubmit(submitter ?? undefined);
  });
  window.addEventListener("pageshow", () => (leaving = false));
  document.getElementById(location.hash.slice(1))?.focus({ preventScroll: true });
}
