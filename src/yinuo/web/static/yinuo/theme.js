// Sets the theme before the first paint: the stored choice, or what the system wishes. Loaded in <head>, not deferred.
(() => {
  "use strict";
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");

  function choice() {
    try {
      return localStorage.getItem("yinuo-theme") || "system";
    } catch {
      return "system"; // Storage is forbidden in some private windows; the system's wish still holds.
    }
  }

  function apply() {
    const wish = choice();
    root.dataset.bsTheme = wish === "system" ? (dark.matches ? "dark" : "light") : wish;
    root.dataset.themeChoice = wish;
  }

  apply();
  dark.addEventListener("change", apply);
  window.addEventListener("storage", apply);
  window.addEventListener("yinuo:theme", apply);
})();
