// The queue of the workbench: menus that are filled when they are opened, a list that never jumps under the hand,
// and choosing several cases: by their boxes, by x, by Shift and a click, a page of them, all of them.
(() => {
  "use strict";
  const list = () => document.getElementById("queue");
  const pane = () => document.querySelector(".yn-pane-queue");
  const form = () => document.getElementById("bulk");
  const boxes = () => [...document.querySelectorAll("#queue input[name=case]")];
  const rowOf = (element) => element?.closest?.("#queue .yn-queue-row");

  // Menus ----------------------------------------------------------------------------------------------------------
  document.addEventListener("toggle", (event) => {
    if (!event.target.matches?.("details[open]")) return;
    const place = event.target.querySelector("[data-filled-when-opened]");
    if (place) htmx.trigger(place, "yinuo:opened");
  }, true);

  document.addEventListener("htmx:after:swap", (event) => {
    const place = event.target.closest?.("[data-filled-when-opened]");
    if (place?.closest("details[open]")) place.querySelector("select, textarea, input:not([type=hidden])")?.focus();
  });

  // Choosing -------------------------------------------------------------------------------------------------------
  const chosen = new Set();
  let isChoosing = false, lastBox = null;

  function showChosen() {
    const bar = form();
    if (!bar) return;
    const whole = bar.elements.whole.checked;
    const isOn = isChoosing || chosen.size > 0 || whole;
    pane().toggleAttribute("data-choosing", isOn);
    bar.hidden = !isOn;
    boxes().forEach((box) => { box.checked = whole || chosen.has(box.value); });
    const count = bar.querySelector("[data-chosen-count]");
    const words = whole ? "" : count.dataset.chosenCount.replace("{count}", chosen.size);
    if (count.textContent !== words) count.textContent = words;
    const page = bar.querySelector("[data-choose-page]");
    page.checked = boxes().length > 0 && boxes().every((box) => box.checked);
    if (isOn) htmx.trigger(bar.querySelector("[data-bulk-acts]"), "yinuo:opened");
  }

  function choose(box, isChosen) {
    if (isChosen) chosen.add(box.value);
    else chosen.delete(box.value);
  }

  function chooseNone() {
    isChoosing = false;
    chosen.clear();
    if (form()) form().elements.whole.checked = false;
    showChosen();
  }

  // With Shift, everything from the box chosen last up to this one follows it.
  function pick(box, withShift) {
    const all = boxes(), from = all.indexOf(lastBox), to = all.indexOf(box);
    const span = withShift && from >= 0 ? all.slice(Math.min(from, to), Math.max(from, to) + 1) : [box];
    if (form().elements.whole.checked) {
      form().elements.whole.checked = false;
      all.forEach((each) => choose(each, true));
    }
    span.forEach((each) => choose(each, box.checked));
    lastBox = box;
    showChosen();
  }

  document.addEventListener("click", (event) => {
    if (event.target.matches?.("#queue input[name=case]")) return pick(event.target, event.shiftKey);
    const item = event.target.closest?.("#queue [data-list-item]");
    if (item && event.shiftKey) {
      const box = rowOf(item).querySelector("input[name=case]");
      if (!box) return;
      event.preventDefault();
      event.stopPropagation();
      box.checked = !box.checked;
      return pick(box, true);
    }
    if (event.target.closest?.("[data-choose]")) { event.preventDefault(); isChoosing = !isChoosing; if (isChoosing) showChosen(); else chooseNone(); }
    if (event.target.closest?.("[data-choose-none]")) { event.preventDefault(); chooseNone(); }
  }, true);

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-choose-page]")) boxes().forEach((box) => choose(box, event.target.checked));
    if (event.target.matches("[data-choose-page], #bulk input[name=whole]")) {
      if (event.target.matches("[data-choose-page]")) form().elements.whole.checked = false;
      showChosen();
    }
  });

  document.addEventListener("yinuo:key", (event) => {
    const row = rowOf(document.activeElement) || rowOf(document.querySelector("#queue [data-list-item][aria-current]"));
    if (!row) return;
    if (event.detail === "o") row.querySelector("[data-list-item]").click();
    else if (event.detail === "x" && row.querySelector("input[name=case]")) {
      const box = row.querySelector("input[name=case]");
      box.checked = !box.checked;
      pick(box, false);
    } else return;
    event.preventDefault();
  });

  // Whatever Escape closes first, closes alone: a menu, a dialog, the side.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || window.yinuo.isComposing(event) || !form() || form().hidden) return;
    if (document.querySelector("details.yn-menu[open], dialog[open], .yn-workbench[data-side=open]")) return;
    if (/^(TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    chooseNone();
  }, true);

  // Refreshing -----------------------------------------------------------------------------------------------------
  // The row under the pointer or with the focus stays where it is, whatever comes in above it; and keeps the focus.
  let before = null;
  document.addEventListener("htmx:before:swap", () => {
    if (!list()) return;
    const rows = [...list().querySelectorAll(".yn-queue-row")];
    const focused = rowOf(document.activeElement);
    const anchor = focused || list().querySelector(".yn-queue-row:hover");
    before = {
      ids: new Set(rows.map((row) => row.id)),
      anchor: anchor?.id,
      top: anchor?.getBoundingClientRect().top,
      focused: focused && rows.indexOf(focused),
      field: focused && document.activeElement.tagName,
    };
  });

  function keepPlace() {
    const { ids, anchor, top, focused, field } = before;
    const row = anchor && document.getElementById(anchor);
    if (row) list().scrollTop += row.getBoundingClientRect().top - top;
    if (focused !== null && !rowOf(document.activeElement) && document.activeElement === document.body) {
      const rows = [...list().querySelectorAll(".yn-queue-row")];
      const next = row || rows[Math.min(focused, rows.length - 1)];
      next?.querySelector(field === "INPUT" ? "input" : "[data-list-item]")?.focus({ preventScroll: true });
    }
    if (ids.size) list().querySelectorAll(".yn-queue-row").forEach((each) => { if (!ids.has(each.id)) each.classList.add("yn-new"); });
  }

  document.addEventListener("animationend", (event) => event.target.classList?.remove("yn-new"));

  document.addEventListener("htmx:after:swap", (event) => {
    if (before && event.target === list()) {
      keepPlace();
      // What left the page is no longer sent with the form, so it is no longer counted either.
      const present = new Set(boxes().map((box) => box.value));
      [...chosen].forEach((reference) => { if (!present.has(reference)) chosen.delete(reference); });
      showChosen();
    }
    before = null;
  });
})();
