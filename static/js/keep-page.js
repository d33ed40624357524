// <form data-keep>: before posting, ask whether the session still lives; if not, keep the page.
// Signing in again gives new secrets to forms: the page's are replaced before anything is sent.

const dialog = document.getElementById("signed-out");
const reason = dialog?.querySelector("[data-reason]");
const person = document.body.dataset.person;
let waiting = null;

const renew = (token) => {
  for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = token;
  if (document.body.hasAttribute("hx-headers")) {
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
  }
};

// "here", "out", or "other" when somebody else signed in on this browser meanwhile.
const whoIsIn = async () => {
  let answer;
  try {
    answer = await fetch("/accounts/alive/", { headers: { Accept: "application/json" }, cache: "no-store" });
  } catch {
    return "here"; // Not ours to judge: let the browser say that the server is away.
  }
  if (answer.status === 401) return "out";
  if (!answer.ok) return "here";
  const { token, person: now } = await answer.json();
  if (person && now !== person) return "other";
  renew(token);
  return "here";
};

const tell = (state) => {
  if (reason) reason.textContent = reason.dataset[state];
  if (!dialog.open) dialog.showModal();
};

const send = (form, submitter) => {
  form.dataset.checked = "yes";
  form.requestSubmit(submitter ?? undefined);
};

const ask = async (form, submitter) => {
  const state = dialog ? await whoIsIn() : "here";
  if (state === "here") {
    dialog?.close();
    if (form) send(form, submitter);
    waiting = null;
  } else {
    waiting = { form, submitter };
    tell(state);
  }
};

// Listens in the capture phase: nothing else sees the submit before the check.
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (!form.matches("form[data-keep]")) return;
    if (form.dataset.checked) {
      delete form.dataset.checked;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(form, event.submitter);
  },
  true,
);

dialog?.addEventListener("click", (event) => {
  if (event.target.closest("[data-try-again]")) ask(waiting?.form, waiting?.submitter);
  if (event.target.closest("[data-close]")) dialog.close();
});
