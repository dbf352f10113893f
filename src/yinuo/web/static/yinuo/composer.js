// Where one writes on the workbench: the countdown of an answer on its way, and the way of sending last chosen.
(() => {
  "use strict";
  const { now } = window.yinuo;
  const WAY = `yinuo-send-way:${document.body.dataset.account}`;

  // An answer on its way ---------------------------------------------------------------------------------------------
  // The worker sends it; should the stream of live events be silent, the page looks for itself.
  const PATIENCE = 1_500;

  function tick() {
    document.querySelectorAll("[data-sends-at]").forEach((place) => {
      const left = Date.parse(place.dataset.sendsAt) - now();
      // The number ticks for the eye only: a screen reader hears the words once.
      const seconds = place.querySelector("[data-seconds]"), number = Math.max(0, Math.ceil(left / 1_000));
      const text = seconds.dataset.text.replace("#", number);
      if (seconds.textContent !== text) seconds.textContent = text;
      place.querySelector("[data-words]").classList.add("visually-hidden");
      const button = place.parentElement.querySelector("button");
      if (button) button.disabled = left <= 0;
      if (left < -PATIENCE) {
        place.dataset.sendsAt = new Date(now() + 2 * PATIENCE).toISOString();
        document.body.dispatchEvent(new CustomEvent(`live:${place.dataset.caseTopic}`, { bubbles: true }));
      }
    });
  }

  // What was taken back stands in the composer again: go on writing at its end.
  // Other pieces of the page are fetched at the same time: it is this request's own swap that counts.
  let takesBack = false;
  document.addEventListener("htmx:before:swap", (event) => { takesBack = "takesBack" in (event.detail.ctx?.sourceElement?.dataset ?? {}); });
  document.addEventListener("htmx:after:swap", () => {
    tick();
    showWay();
    if (!takesBack) return;
    takesBack = false;
    const field = document.querySelector("form[data-writes=reply] textarea");
    field?.focus();
    field?.setSelectionRange(field.value.length, field.value.length);
  });

  // The way of sending -----------------------------------------------------------------------------------------------
  function ways(form) {
    return [...form.querySelectorAll("[data-send-way]")];
  }

  function showWay() {
    const form = document.querySelector("form[data-writes=reply]"), button = form?.querySelector("[data-sends]");
    if (!button) return;
    const chosen = localStorage.getItem(WAY);
    const way = ways(form).find((each) => chosen === `${each.name}=${each.value}`) ?? ways(form)[0];
    ways(form).forEach((each) => each.toggleAttribute("aria-current", each === way));
    way.setAttribute("aria-current", "true");
    button.name = way.name;
    button.value = way.value;
    button.querySelector("[data-send-label]").textContent = way.dataset.sendWay || way.textContent.trim();
  }

  document.addEventListener("click", (event) => {
    const way = event.target.closest?.("[data-send-way]");
    if (way) localStorage.setItem(WAY, `${way.name}=${way.value}`);
  });

  document.addEventListener("DOMContentLoaded", () => {
    showWay();
    tick();
    setInterval(tick, 250);
  });
})();
