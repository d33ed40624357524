// Runs before the first paint, so that a dark page never flashes light.
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const choice = () => {
    try {
      return localStorage.getItem("theme") || "system";
    } catch {
      return "system";
    }
  };
  const apply = () => {
    const wanted = choice();
    const theme = wanted === "system" ? (dark.matches ? "dark" : "light") : wanted;
    document.documentElement.dataset.bsTheme = theme;
  };
  const mark = () => {
    for (const button of document.querySelectorAll("[data-theme-choice]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice()));
    }
  };
  apply();
  dark.addEventListener("change", apply);
  window.addEventListener("storage", () => (apply(), mark()));
  document.addEventListener("DOMContentLoaded", mark);
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-theme-choice]");
    if (!button) return;
    try {
      localStorage.setItem("theme", button.dataset.themeChoice);
    } catch {
      // Private windows may refuse storage: the choice then lasts for this page.
      document.documentElement.dataset.bsTheme = button.dataset.themeChoice;
    }
    apply();
    mark();
  });
})();
