// The forms of acts on a case open in one dialog. A link with data-opens-act fetches its form by htmx into #yn-act-body;
// without a script it leads to the same form as a page. The dialog closes when the act was done.
(() => {
  "use strict";
  const dialog = () => document.getElementById("yn-act");

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-opens-act]");
    if (!link || !dialog()) return;
    dialog().querySelector("h2").textContent = link.dataset.opensAct;
    link.closest("details.yn-menu")?.removeAttribute("open");
  });

  document.addEventListener("htmx:after:swap", () => {
    const form = dialog()?.querySelector("form");
    if (!form || form.dataset.shown) return;
    form.dataset.shown = "yes";
    if (!dialog().open) dialog().showModal();
    form.querySelector("input:not([type=hidden]), select, textarea, button")?.focus();
  });

  // An act's key works while the menu is shut.
  document.addEventListener("yinuo:key", (event) => {
    const link = document.querySelector(`[data-act-key="${CSS.escape(event.detail)}"]`);
    if (!link) return;
    event.preventDefault();
    link.click();
  });

  // A refusal leaves the form as it is, with what was typed; what was done leaves nothing to show.
  document.addEventListener("htmx:after:request", (event) => {
    const form = event.target;  // Not a field of it that asks something while somebody types.
    if (!form.matches?.("form[data-act]") || !dialog()?.contains(form) || event.detail.ctx.response.status >= 400) return;
    dialog().close();
    document.getElementById("yn-act-body").replaceChildren();
  });
})();
