// <form data-keep>: before posting, ask whether the session still lives; if not, keep the page.

const dialog = document.getElementById("signed-out");
let waiting = null;

const alive = async () => {
  try {
    const answer = await fetch("/accounts/alive/", { headers: { Accept: "application/json" }, cache: "no-store" });
    return answer.status !== 401;
  } catch {
    return true; // Not ours to judge: let the browser say that the server is away.
  }
};

const send = (form, submitter) => {
  form.dataset.checked = "yes";
  form.requestSubmit(submitter ?? undefined);
};

const ask = async (form, submitter) => {
  if (!dialog || (await alive())) {
    dialog?.close();
    send(form, submitter);
  } else {
    waiting = { form, submitter };
    if (!dialog.open) dialog.showModal();
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
  if (event.target.closest("[data-try-again]") && waiting) ask(waiting.form, waiting.submitter);
  if (event.target.closest("[data-try-again]") && !waiting) dialog.close();
  if (event.target.closest("[data-close]")) dialog.close();
});
