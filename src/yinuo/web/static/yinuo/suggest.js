// A list that opens while typing in a textarea: data-suggest="@" (or "/") names the sign, data-suggest-url answers
// {"rows": [{value, label, hint, text}]} to ?q=, data-suggest-name is the field in which what was chosen goes along.
// Arrow keys walk, Enter or Tab takes, Escape closes; never while an input method composes.
(() => {
  "use strict";
  const { isComposing } = window.yinuo;
  let open = null; // { field, list, rows, at, from }

  function wordBefore(field) {
    const sign = field.dataset.suggest, before = field.value.slice(0, field.selectionStart);
    const from = before.lastIndexOf(sign);
    if (from < 0) return null;
    const word = before.slice(from + 1), previous = before[from - 1] ?? " ";
    // A sign inside a mail address or a path opens nothing.
    if (/[\s@/]/.test(word) || word.length > 20 || /[\w.%+-]/.test(previous) || (sign === "/" && !/\s/.test(previous))) return null;
    return { from, word };
  }

  function close() {
    if (!open) return;
    open.list.remove();
    open.field.removeAttribute("aria-controls");
    open.field.removeAttribute("aria-activedescendant");
    open = null;
  }

  function mark(place) {
    open.at = (place + open.rows.length) % open.rows.length;
    [...open.list.children].forEach((item, number) => {
      item.setAttribute("aria-selected", number === open.at);
      if (number === open.at) item.scrollIntoView({ block: "nearest" });
    });
    open.field.setAttribute("aria-activedescendant", open.list.children[open.at].id);
  }

  function show(field, rows, from) {
    close();
    if (!rows.length) return;
    const list = document.createElement("ul");
    Object.assign(list, { id: "yn-suggest", className: "yn-suggest" });
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", field.dataset.suggestLabel);
    rows.forEach((row, number) => {
      const item = document.createElement("li"), label = document.createElement("b"), hint = document.createElement("span");
      item.id = `yn-suggest-${number}`;
      item.setAttribute("role", "option");
      label.textContent = row.label;
      hint.textContent = row.hint;
      item.append(label, hint);
      item.addEventListener("mousemove", () => { if (open.at !== number) mark(number); });
      item.addEventListener("mousedown", (event) => { event.preventDefault(); mark(number); take(); });
      list.append(item);
    });
    field.after(list);
    field.setAttribute("aria-controls", list.id);
    open = { field, list, rows, from, at: 0 };
    mark(0);
  }

  function take() {
    const { field, rows, from, at } = open, row = rows[at];
    close();
    field.setRangeText(row.text, from, field.selectionStart, "end");
    const chosen = document.createElement("input");
    Object.assign(chosen, { type: "hidden", name: field.dataset.suggestName, value: row.value });
    field.form.append(chosen);
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    field.focus();
  }

  let asked = 0;
  async function look(field) {
    const found = wordBefore(field), number = ++asked;
    if (!found) return close();
    const url = `${field.dataset.suggestUrl}?q=${encodeURIComponent(found.word)}`;
    const answer = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
    if (number !== asked || !answer?.ok || answer.redirected || document.activeElement !== field) return;
    show(field, (await answer.json()).rows, found.from);
  }

  const timers = new WeakMap();
  function lookSoon(event) {
    const field = event.target;
    if (!field.dataset?.suggest || event.isComposing) return;
    clearTimeout(timers.get(field));
    timers.set(field, setTimeout(() => look(field), 120));
  }
  document.addEventListener("input", lookSoon);
  document.addEventListener("compositionend", lookSoon);
  document.addEventListener("focusout", (event) => { if (event.target === open?.field) close(); });

  // Before the keys of the page: Enter takes here and does not send.
  const keys = {
    ArrowDown: () => mark(open.at + 1), ArrowUp: () => mark(open.at - 1), Enter: take, Tab: take, Escape: close,
  };
  document.addEventListener("keydown", (event) => {
    if (!open || event.target !== open.field || isComposing(event) || event.ctrlKey || event.metaKey || !keys[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    keys[event.key]();
  }, true);

  // A link with data-suggest-open writes the sign for those who do not know it; without a script it leads to a page.
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-suggest-open]");
    if (!button || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const field = button.closest("form").querySelector("[data-suggest]"), { selectionStart: at, value } = field;
    field.setRangeText(`${at && !/\s/.test(value[at - 1]) ? " " : ""}${field.dataset.suggest}`, at, field.selectionEnd, "end");
    field.focus();
    look(field);
  });
})();
