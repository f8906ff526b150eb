// Applies the remembered theme before the page is drawn, and lets the button in the footer change it.
(() => {
  const root = document.documentElement;
  root.classList.add("scripts"); // the style sheet then hides what only pages without scripts need
  const remembered = localStorage.getItem("theme");
  if (remembered === "light" || remembered === "dark") root.dataset.theme = remembered; // the admin also stores "auto"
  const isDark = () =>
    root.dataset.theme === "dark" || (!root.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
  addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("theme");
    const describe = () => { button.textContent = isDark() ? "Light theme" : "Dark theme"; };
    describe();
    button.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      localStorage.setItem("theme", root.dataset.theme);
      describe();
    });
  });
  addEventListener("change", ({ target }) => {
    if (target.matches("select[data-submit]")) target.form.requestSubmit();
  });
})();
