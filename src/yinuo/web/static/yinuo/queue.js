// The queue of the workbench: menus that are filled when they are opened, and a list that never jumps under the hand.
(() => {
  "use strict";

  document.addEventListener("toggle", (event) => {
    if (!event.target.matches?.("details[open]")) return;
    const place = event.target.querySelector("[data-filled-when-opened]");
    if (place) htmx.trigger(place, "yinuo:opened");
  }, true);

  document.addEventListener("htmx:after:swap", (event) => {
    const place = event.target.closest?.("[data-filled-when-opened]");
    if (place?.closest("details[open]")) place.querySelector("select, textarea, input:not([type=hidden])")?.focus();
  });
})();
