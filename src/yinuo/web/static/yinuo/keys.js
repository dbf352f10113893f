// The keyboard. An element with data-shortcut="r" is focused (a field) or pressed (anything else) by that key;
// j and k walk through [data-list-item]; ? shows every key, in the words of shortcuts.py. Single keys can be switched off (WCAG 2.1.4).
(() => {
  "use strict";
  const STORED = "yinuo-single-keys";
  const isOn = () => localStorage.getItem(STORED) !== "off";
  const ENTER = "yinuo-enter-sends";
  const enterSends = () => localStorage.getItem(ENTER) === "on";

  // While a Chinese input method composes, keys belong to it. Safari ends composition before Enter's keydown and only
  // the key code 229 tells.
  const isComposing = (event) => event.isComposing || event.keyCode === 229;
  const isEditable = (element) => element.isContentEditable || /^(TEXTAREA|SELECT)$/.test(element.tagName)
    || (element.tagName === "INPUT" && !/^(checkbox|radio|button|submit|reset|file|range)$/.test(element.type));
  const isVisible = (element) => element.getClientRects().length > 0 && !element.disabled;
  const visible = (selector) => [...document.querySelectorAll(selector)].filter(isVisible);

  function use(element) {
    if (isEditable(element)) {
      element.focus();
      element.select?.();
    } else {
      element.click();
    }
  }

  function walk(step) {
    const items = visible("[data-list-item]");
    if (!items.length) return false;
    const here = items.indexOf(document.activeElement);
    const from = here >= 0 ? here : items.findIndex((item) => item.hasAttribute("aria-current")) - (step > 0 && here < 0 ? 1 : 0);
    items[Math.min(items.length - 1, Math.max(0, from + step))].focus();
    return true;
  }

  function singleKey(event) {
    if (event.key === "?") return openHelp();
    if (event.key === "j") return walk(1);
    if (event.key === "k") return walk(-1);
    // A page's own script may know keys of its own; it answers by preventing the default.
    if (!document.dispatchEvent(new CustomEvent("yinuo:key", { detail: event.key, cancelable: true }))) return true;
    const element = visible(`[data-shortcut="${CSS.escape(event.key)}"]`)[0];
    if (!element) return false;
    use(element);
    return true;
  }

  function sendKey(event) {
    const form = event.target.closest?.("form");
    if (!form || event.target.tagName !== "TEXTAREA" || event.key !== "Enter") return false;
    const byCommand = event.ctrlKey || event.metaKey;
    const byEnter = ("enterSends" in form.dataset || "maySendByEnter" in form.dataset && enterSends()) && !event.shiftKey && !event.altKey;
    if (!byCommand && !byEnter) return false;
    form.requestSubmit(form.querySelector("[data-sends]") ?? undefined);
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (isComposing(event)) return;
    if (sendKey(event)) return event.preventDefault();
    if (event.ctrlKey || event.metaKey || event.altKey || !isOn()) return;
    if (isEditable(event.target) || document.querySelector("dialog[open]")) return;
    if (singleKey(event)) event.preventDefault();
  });

  // The words come from the server; what this page does not have stands dimmed.
  function openHelp() {
    const dialog = document.getElementById("yn-keys");
    if (!dialog) return false;
    const keys = (selector, name) => [...selector].map((element) => element.dataset[name]);
    const here = new Set(["?", "Esc", "j", "Enter", "Ctrl", ...keys(visible("[data-shortcut]"), "shortcut"), ...keys(document.querySelectorAll("[data-key-help]"), "keyHelp")]);
    dialog.querySelectorAll("[data-key]").forEach((term) => term.toggleAttribute("data-away", !here.has(term.dataset.key)));
    dialog.showModal();
    return true;
  }

  document.addEventListener("DOMContentLoaded", () => {
    for (const [id, name, stands] of [["yn-keys-on", STORED, isOn], ["yn-enter-on", ENTER, enterSends]]) {
      const box = document.getElementById(id);
      if (!box) continue;
      box.checked = stands();
      box.addEventListener("change", () => localStorage.setItem(name, box.checked ? "on" : "off"));
    }
  });

  window.yinuo = { ...window.yinuo, openHelp, isComposing };
})();
