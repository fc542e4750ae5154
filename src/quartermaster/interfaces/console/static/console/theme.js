// Before anything is drawn: dark where the system is and no theme was chosen.
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const chosen = root.dataset.theme;
    const name = chosen === "auto" ? (dark.matches ? "dark" : "light") : chosen;
    root.dataset.bsTheme = name;
    document.dispatchEvent(new Event("themed"));
  };
  dark.addEventListener("change", apply);
  apply();
})();
