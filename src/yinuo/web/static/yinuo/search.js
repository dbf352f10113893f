// The search field of the desk: suggestions below it, walked through by arrow keys while the cursor stays in the field.
// What was looked for last is kept on this device only. Without this file the field is a plain form.
(() => {
  "use strict";
  const STORED = "yinuo-searches", KEPT = 6, PAUSE = 200, SHORTEST = 2;
  const { isComposing } = window.yinuo;
  const field = document.querySelector("[data-search]");
  if (!field) return;
  const list = document.getElementById(field.getAttribute("aria-controls"));
  let timer = 0, chosen = null;

  const stored = () => { try { return JSON.parse(localStorage.getItem(STORED)) || []; } catch { return []; } };
  const keep = (words) => {
    if (words.length < SHORTEST) return;
    try {
      localStorage.setItem(STORED, JSON.stringify([words, ...stored().filter((old) => old !== words)].slice(0, KEPT)));
    } catch { /* Storage is forbidden in some private windows; searching works without. */ }
  };
  const forget = () => { localStorage.removeItem(STORED); close(); };

  const options = () => [...list.querySelectorAll("[role=option]")];

  function choose(option) {
    chosen?.setAttribute("aria-selected", "false");
    chosen = option || null;
    if (!chosen) return field.removeAttribute("aria-activedescendant");
    chosen.setAttribute("aria-selected", "true");
    chosen.scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", chosen.id);
  }

  function show() {
    choose(null);
    const isOpen = options().length > 0 && document.activeElement === field;
    list.hidden = !isOpen;
    field.setAttribute("aria-expanded", isOpen);
  }

  function close() {
    clearTimeout(timer);
    choose(null);
    list.hidden = true;
    field.setAttribute("aria-expanded", "false");
  }

  function showLast() {
    const words = stored();
    list.replaceChildren();
    if (words.length) {
      const group = document.createElement("div"), label = document.createElement("div");
      group.setAttribute("role", "group");
      group.setAttribute("aria-labelledby", "yn-found-last");
      Object.assign(label, { className: "yn-found-label", id: "yn-found-last", textContent: list.dataset.last });
      group.append(label, ...words.map((one, place) => option(one, `yn-last-${place}`, `${field.form.action}?q=${encodeURIComponent(one)}`)));
      const clear = option(list.dataset.forget, "yn-last-forget", "#");
      clear.dataset.forget = "";
      group.append(clear);
      list.append(group);
    }
    show();
  }

  function option(text, id, href) {
    const made = document.createElement("a");
    Object.assign(made, { className: "yn-hit", id, href, textContent: text, tabIndex: -1 });
    made.setAttribute("role", "option");
    made.setAttribute("aria-selected", "false");
    return made;
  }

  function look() {
    clearTimeout(timer);
    const words = field.value.trim();
    if (!words) return showLast();
    if (words.length < SHORTEST) { list.replaceChildren(); return close(); }
    timer = setTimeout(() => field.dispatchEvent(new CustomEvent("yn:search")), PAUSE);
  }

  // While an input method composes, what stands in the field is not yet what is meant.
  field.addEventListener("input", (event) => { if (!event.isComposing) look(); });
  field.addEventListener("compositionend", look);
  field.addEventListener("focus", () => { if (!field.value.trim()) showLast(); else if (options().length) show(); });
  field.addEventListener("blur", () => setTimeout(() => { if (!list.contains(document.activeElement)) close(); }, 150));
  document.addEventListener("htmx:after:swap", (event) => { if (event.target === field) show(); });

  field.addEventListener("keydown", (event) => {
    if (isComposing(event)) return;
    const all = options();
    if (event.key === "Escape") {
      if (list.hidden) field.blur(); else { event.stopPropagation(); close(); }
      return event.preventDefault();
    }
    if (event.key === "Enter" && chosen && !list.hidden) { event.preventDefault(); return open(chosen); }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !all.length) return;
    event.preventDefault();
    if (list.hidden) show();
    const here = all.indexOf(chosen) + step;
    choose(here < 0 || here >= all.length ? (chosen && here !== -1 ? null : all.at(step > 0 ? 0 : -1)) : all[here]);
  });

  function open(element) {
    if ("forget" in element.dataset) return forget();
    keep(field.value.trim());
    location.assign(element.href);
  }

  // Before the field loses its focus and the list is gone.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const element = event.target.closest("[role=option]");
    if (!element) return;
    if ("forget" in element.dataset) { event.preventDefault(); forget(); } else keep(field.value.trim());
  });
  field.form.addEventListener("submit", () => keep(field.value.trim()));
})();
