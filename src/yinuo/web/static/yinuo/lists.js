// Lists without a new page: filters, order and pages are links and one form, which this sends in the background.
(() => {
  "use strict";
  const list = () => document.getElementById("list");
  const here = () => location.pathname + location.search;
  let shown = here();
  let asked = 0;

  async function show(url, { toTop = false } = {}) {
    const turn = ++asked;
    const open = document.querySelector("[data-list-form] details[open]")?.dataset.filter;
    const focused = document.activeElement?.closest?.("#list") ? document.activeElement : null;
    const place = focused && [focused.name, focused.value, focused.selectionStart];
    const element = list();
    element.setAttribute("aria-busy", "true");
    await htmx.ajax("GET", url, { source: element, target: element, select: "#list", swap: "outerHTML" });
    if (turn !== asked || list() === element) return;
    if (url !== here()) history.pushState({ list: true }, "", url);
    shown = here();
    restore(open, place);
    if (toTop) list().closest(".yn-main").scrollTop = 0;
  }

  // What was open and focused stays so, and words may be typed on.
  function restore(open, place) {
    if (open) document.querySelector(`[data-list-form] details[data-filter="${CSS.escape(open)}"]`)?.setAttribute("open", "");
    if (!place?.[0]) return;
    const [name, value, caret] = place;
    const same = [...document.querySelectorAll(`[data-list-form] [name="${CSS.escape(name)}"]`)];
    const field = same.find((each) => each.type === "search" || each.type === "date" || each.value === value);
    field?.focus({ preventScroll: true });
    if (field?.type === "search") field.setSelectionRange(caret ?? field.value.length, caret ?? field.value.length);
  }

  function urlOf(form) {
    const values = [...new FormData(form)].filter(([, value]) => value !== "");
    const query = new URLSearchParams(values).toString();
    return form.getAttribute("action") + (query ? `?${query}` : "");
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-list-link]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    show(link.getAttribute("href"), { toTop: "toTop" in link.dataset });
  });

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-list-form]")) return;
    event.preventDefault();
    show(urlOf(event.target));
  });

  // A day chosen by hand stands instead of a named period, and the other way round.
  document.addEventListener("change", (event) => {
    const form = event.target.closest("[data-list-form]");
    if (!form || event.target.type === "search") return;
    const group = event.target.closest("fieldset");
    if (event.target.type === "date") group.querySelector("input[type=radio][value='']").checked = true;
    if (event.target.type === "radio") group.querySelectorAll("input[type=date]").forEach((day) => { day.value = ""; });
    show(urlOf(form));
  });

  // A step back or forward in the browser loads the page of that address.
  window.addEventListener("popstate", () => { if (list() && here() !== shown) location.reload(); });
})();
