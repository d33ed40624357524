// <form data-keep>: before posting, ask whether the session still lives; if it does not, or nobody
// answers, keep the page: what would replace it has no room for what was typed and chosen.
// Signing in again gives new secrets to forms: the page's are replaced before anything is sent.

const dialog = document.getElementById("signed-out");
const words = dialog ? [...dialog.querySelectorAll("[data-out]")] : [];
const signIn = dialog?.querySelector("[data-sign-in]");
const LONGEST_WAIT_MS = 20_000;
const person = document.body.dataset.person;
let waiting = null;

const renew = (token) => {
  for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = token;
  if (document.body.hasAttribute("hx-headers")) {
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
  }
};

// "here", "out", "away" when the server is, or "other" when somebody else signed in on this browser
// meanwhile.
const whoIsIn = async () => {
  let answer, said;
  try {
    answer = await fetch("/accounts/alive/", {
      headers: { Accept: "application/json" },
      cache: "no-store",
      signal: AbortSignal.timeout(LONGEST_WAIT_MS),
    });
    said = answer.ok ? await answer.json() : null;
  } catch {
    return "away";
  }
  if (answer.status === 401) return "out";
  if (answer.status >= 500) return "away";
  if (!said) return "here";
  if (person && said.person !== person) return "other";
  renew(said.token);
  return "here";
};

const word = (state) => {
  for (const element of words) element.textContent = element.dataset[state];
  signIn.hidden = state === "away";
};

const tell = (state) => {
  word(state);
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

// Others open the dialog too, to say that nobody is signed in.
dialog?.addEventListener("close", () => word("out"));
dialog?.addEventListener("click", (event) => {
  if (event.target.closest("[data-try-again]")) ask(waiting?.form, waiting?.submitter);
  if (event.target.closest("[data-close]")) dialog.close();
});
