// The team board: what is being chosen is not swept away by a refresh; opened tables stay open.
(() => {
  "use strict";
  const board = () => document.getElementById("board");
  const isChoosing = () => Boolean(board()?.querySelector("[data-choosing] input:checked, details.yn-menu[open], select:focus, input[type=text]:focus"));
  let missed = false, opened = [];

  function showPaused() {
    const note = board()?.querySelector("[data-board-paused]");
    if (note) note.hidden = !isChoosing();
  }

  function resume() {
    showPaused();
    if (!missed || isChoosing()) return;
    missed = false;
    board().dispatchEvent(new CustomEvent("board:again"));
  }

  // The board keeps still while somebody chooses; what happened meanwhile is fetched once they are done.
  document.addEventListener("htmx:config:request", (event) => {
    if (event.detail.ctx.sourceElement !== board() || !isChoosing()) return;
    missed = true;
    event.preventDefault();
  });

  document.addEventListener("htmx:before:swap", () => {
    opened = [...document.querySelectorAll("#board details[id][open]")].map((each) => each.id);
  });

  document.addEventListener("htmx:after:swap", () => {
    opened.forEach((id) => { const each = document.getElementById(id); if (each) each.open = true; });
  });

  // The rate comes from a count that follows the ledger; it is read once that has had time to catch up.
  let countDue = null;
  document.addEventListener("live:promises", () => {
    countDue ??= setTimeout(() => { countDue = null; board()?.dispatchEvent(new CustomEvent("board:again")); }, 2_500);
  });

  ["change", "focusout", "toggle"].forEach((name) => document.addEventListener(name, () => setTimeout(resume), true));
})();
