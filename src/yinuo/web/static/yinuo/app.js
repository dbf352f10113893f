// The small habits of every page: htmx's answers, toasts, menus, dialogs, panes, theme choice. No framework, no build.
(() => {
  "use strict";
  const { say } = window.yinuo;

  // Answers of the server ------------------------------------------------------------------------------------------
  function isSignIn(url) {
    const signIn = document.body.dataset.signinUrl;
    return Boolean(signIn && url && new URL(url, location.href).pathname === signIn);
  }

  function slotOf(element) {
    const form = element.closest("form");
    const outside = element.dataset.refusalSlot && document.querySelector(element.dataset.refusalSlot);
    if (outside) return outside;
    if (!form) return null;
    let slot = form.querySelector("[data-refusal-slot]");
    if (!slot) {
      slot = document.createElement("div");
      slot.dataset.refusalSlot = "";
      form.prepend(slot);
    }
    return slot;
  }

  // A refusal goes beside the form that caused it, never into the place meant for success. A form sent back with its
  // own errors (422) is the normal piece and is swapped as asked.
  function placeRefusal(ctx) {
    const isRefusal = ctx.text.includes("data-refusal");
    if (ctx.response.status === 422 && !isRefusal) return;
    const slot = isRefusal && slotOf(ctx.sourceElement);
    if (slot) {
      ctx.target = slot;
      ctx.swap = "innerHTML";
      return;
    }
    ctx.swap = "none";
    const sentence = new DOMParser().parseFromString(ctx.text, "text/html").querySelector("[data-refusal]");
    toast(sentence?.textContent.trim() || say("refused"), "soon");
  }

  document.addEventListener("htmx:config:request", (event) => {
    const { request } = event.detail.ctx;
    const token = document.querySelector("input[name=csrfmiddlewaretoken]")?.value;
    if (token && request.method !== "GET") request.headers["X-CSRFToken"] = token;
  });

  document.addEventListener("htmx:before:response", (event) => {
    const { raw } = event.detail.ctx.response;
    window.yinuo.learnSkew(raw.headers.get("Date"));
    if (!isSignIn(raw.url)) return;
    event.preventDefault(); // Signed out meanwhile: the page itself asks to sign in, and the drafts are kept.
    location.reload();
  });

  document.addEventListener("htmx:response:error", (event) => {
    const { ctx } = event.detail;
    if (ctx.response.status < 500) return placeRefusal(ctx);
    const reference = ctx.response.headers.get("X-Request-Reference");
    toast([say("fault"), reference && say("fault_reference", { reference })].filter(Boolean).join(" "), "broken");
  });

  document.addEventListener("htmx:error", (event) => {
    if (event.detail.ctx && !event.detail.ctx.response) toast(say("offline"), "broken");
  });

  document.addEventListener("htmx:after:request", (event) => {
    const form = event.target.closest?.("form");
    if (event.detail.ctx.response.status < 400) form?.querySelector("[data-refusal-slot]")?.replaceChildren();
  });

  // Toasts ---------------------------------------------------------------------------------------------------------
  function toast(sentence, tone = "info") {
    const region = document.getElementById("yn-toasts");
    const box = document.createElement("div"), text = document.createElement("p"), close = document.createElement("button");
    box.className = "yn-notice";
    Object.assign(box.dataset, { toast: "", tone });
    text.textContent = sentence;
    close.type = "button";
    close.className = "yn-icon-button";
    close.dataset.closeToast = "true";
    close.setAttribute("aria-label", say("close"));
    close.textContent = "×";
    box.append(text, close);
    region.append(box);
    expire(box);
  }

  // What needs an answer stays; good news goes by itself, but not while somebody points at it.
  function expire(box) {
    if (/^(broken|soon)$/.test(box.dataset.tone)) return;
    setTimeout(() => (box.matches(":hover, :focus-within") ? expire(box) : box.remove()), 6_000);
  }

  // Menus, dialogs, panes ------------------------------------------------------------------------------------------
  const closeMenus = (except) => document.querySelectorAll("details.yn-menu[open]").forEach((menu) => {
    if (menu !== except) menu.open = false;
  });

  function chooseTheme(choice) {
    localStorage.setItem("yinuo-theme", choice);
    window.dispatchEvent(new Event("yinuo:theme"));
    markTheme();
  }

  function markTheme() {
    document.querySelectorAll("[data-theme-choice]").forEach((element) => {
      if (element.tagName === "BUTTON") element.setAttribute("aria-pressed", element.dataset.themeChoice === document.documentElement.dataset.themeChoice);
    });
  }

  function toggleSide(button) {
    const bench = button.closest(".yn-workbench");
    const open = bench.dataset.side !== "open";
    bench.dataset.side = open ? "open" : "";
    bench.querySelectorAll("[data-toggle-side]").forEach((each) => each.setAttribute("aria-expanded", open));
    if (open) bench.querySelector(".yn-pane-side")?.focus();
  }

  function showPane(button) {
    const bench = button.closest(".yn-workbench");
    bench.dataset.pane = button.dataset.showPane;
    bench.dataset.side = "";
  }

  const acts = {
    closeToast: (button) => button.closest("[data-toast]").remove(),
    openDialog: (button) => (button.dataset.openDialog === "yn-keys" ? window.yinuo.openHelp() : document.getElementById(button.dataset.openDialog).showModal()),
    closeDialog: (button) => button.closest("dialog").close(),
    themeChoice: (button) => chooseTheme(button.dataset.themeChoice),
    toggleSide,
    showPane,
    print: () => window.print(),
  };

  document.addEventListener("click", (event) => {
    closeMenus(event.target.closest("details.yn-menu"));
    const button = event.target.closest("button");
    if (!button) return;
    Object.keys(acts).filter((name) => name in button.dataset).forEach((name) => acts[name](button));
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || window.yinuo.isComposing(event)) return;
    const menu = document.querySelector("details.yn-menu[open]");
    closeMenus();
    menu?.querySelector("summary").focus();
    document.querySelectorAll(".yn-workbench[data-side=open] [data-toggle-side]").forEach((button, index) => index === 0 && toggleSide(button));
  });

  // A conversation stands at its end, and stays there when something arrives, unless somebody scrolled up to read.
  const atEnd = new WeakSet();
  const toEnd = (element) => { element.scrollTop = element.scrollHeight; atEnd.add(element); };
  document.addEventListener("scroll", (event) => {
    const element = event.target;
    if (!element.matches?.("[data-stay-at-end]")) return;
    if (element.scrollHeight - element.scrollTop - element.clientHeight < 80) atEnd.add(element);
    else atEnd.delete(element);
  }, true);
  document.addEventListener("htmx:after:swap", () => {
    document.querySelectorAll("[data-stay-at-end]").forEach((element) => { if (atEnd.has(element) || !element.dataset.seen) toEnd(element); element.dataset.seen = "yes"; });
    markTheme();
  });

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-stay-at-end]").forEach((element) => { toEnd(element); element.dataset.seen = "yes"; });
    document.querySelectorAll("[data-toast]").forEach(expire);
    // The places of the settings stand in one row on narrow screens: the current one in sight.
    const row = document.querySelector(".yn-settings-nav"), current = row?.querySelector("[aria-current]");
    if (current && row.scrollWidth > row.clientWidth) row.scrollLeft = current.offsetLeft - row.offsetLeft - 16;
    markTheme();
  });

  window.yinuo = { ...window.yinuo, isSignIn, toast };
})();
