// The top bar: the presence switch by keyboard (p opens it, arrows walk, Enter says it), and today's kept rate.
(() => {
  "use strict";
  const choices = () => [...document.querySelectorAll("#yn-presence[open] button[name=presence]")];

  document.addEventListener("toggle", (event) => {
    if (event.target.id === "yn-presence" && event.target.open) choices().find((each) => each.hasAttribute("aria-current"))?.focus();
  }, true);

  document.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const all = choices(), here = all.indexOf(document.activeElement);
    if (!step || here < 0) return;
    event.preventDefault();
    all[(here + step + all.length) % all.length].focus();
  });

  // Saying it leaves the keyboard where it was.
  let wasInside = false;
  document.addEventListener("htmx:before:swap", () => { wasInside = Boolean(document.activeElement?.closest("#yn-presence")); });
  document.addEventListener("htmx:after:swap", () => {
    if (wasInside && document.activeElement === document.body) document.querySelector("#yn-presence > summary")?.focus();
  });

  // Some while after a promise ended, each page at its own moment: a count follows the ledger, and all pages hear at once.
  let due = null;
  document.addEventListener("live:promises", () => {
    due ??= setTimeout(() => { due = null; document.getElementById("yn-kept-rate")?.dispatchEvent(new CustomEvent("kept:again")); }, 8_000 + 12_000 * Math.random());
  });
})();
