// The panels beside a conversation: which are folded is remembered on this device.
(() => {
  "use strict";
  const STORED = "yinuo-folded-panels";
  const read = () => { try { return new Set(JSON.parse(localStorage.getItem(STORED)) || []); } catch { return new Set(); } };

  function fold() {
    const folded = read();
    document.querySelectorAll("details[data-panel]").forEach((panel) => { panel.open = !folded.has(panel.dataset.panel); });
  }

  // What the script itself opens or folds ends in the state that is stored, so storing it again changes nothing.
  document.addEventListener("toggle", (event) => {
    const panel = event.target.dataset?.panel;
    if (!panel) return;
    const folded = read();
    if (event.target.open) folded.delete(panel);
    else folded.add(panel);
    localStorage.setItem(STORED, JSON.stringify([...folded]));
  }, true);

  document.addEventListener("DOMContentLoaded", fold);
  document.addEventListener("htmx:after:swap", fold);
})();
