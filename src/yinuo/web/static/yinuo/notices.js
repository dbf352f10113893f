// The bell: looks again when a fact about this person's own notifications comes, and fetches its panel when opened.
(() => {
  "use strict";
  const tell = (name) => document.body.dispatchEvent(new CustomEvent(name));

  document.addEventListener("DOMContentLoaded", () => {
    const bell = document.querySelector("[data-bell]");
    if (!bell) return;
    // A fact without a type says that too much was missed: look again then too.
    document.body.addEventListener(`live:${bell.dataset.bell}`, ({ detail }) => {
      if (detail.type && !detail.type.startsWith("notifications.")) return;
      tell("bell:news");
    });
    bell.addEventListener("toggle", () => { if (bell.open) tell("bell:look"); });
  });
})();
