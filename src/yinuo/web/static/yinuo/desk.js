// The workbench: opening a case without a new page, switching between answer and note, what must survive a refresh.
(() => {
  "use strict";
  const bench = () => document.querySelector(".yn-workbench");
  const openCase = () => document.getElementById("case");

  const here = () => location.pathname + location.search;
  let shown = here();

  // Which case is open ---------------------------------------------------------------------------------------------
  function markCurrent() {
    const reference = openCase()?.dataset.case;
    document.querySelectorAll("[data-list-item]").forEach((item) => {
      if (item.parentElement.id === `row-${reference}`) item.setAttribute("aria-current", "true");
      else item.removeAttribute("aria-current");
    });
  }

  function showCase(url) {
    const element = openCase();
    if (!element || !bench()) return;
    Object.assign(bench().dataset, { pane: "conversation", side: "" });
    const name = document.title.split(" · ").pop();
    document.title = `${element.dataset.title} · ${name}`;
    if (url && url !== here()) history.pushState({ bench: true }, "", url);
    shown = here();
    markCurrent();
  }

  // A step back or forward in the browser loads the page of that address; drafts are kept by themselves.
  // A mere jump within the page (#main) tells popstate too.
  window.addEventListener("popstate", () => { if (here() !== shown) location.reload(); });

  // Answer or note -------------------------------------------------------------------------------------------------
  document.addEventListener("click", (event) => {
    const tab = event.target.closest("[data-write-tab]");
    if (!tab || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const composer = tab.closest(".yn-composer");
    composer.dataset.write = tab.dataset.writeTab;
    composer.querySelectorAll("[data-write-tab]").forEach((each) => {
      if (each === tab) each.setAttribute("aria-current", "true");
      else each.removeAttribute("aria-current");
    });
    composer.querySelector(`form[data-writes="${tab.dataset.writeTab}"] textarea`).focus();
  });

  // A menu that is a form is entered at its first field; one with a form below its entries is not.
  document.addEventListener("toggle", (event) => {
    if (event.target.matches?.("details.yn-menu[open]:not(:has(a.yn-menu-entry))")) event.target.querySelector("select, textarea, input:not([type=hidden])")?.focus();
  }, true);

  document.addEventListener("change", (event) => {
    if (event.target.type !== "file") return;
    const names = [...event.target.files].map((file) => file.name).join(", ");
    const place = event.target.closest("form").querySelector("[data-file-names]");
    if (place) place.textContent = names;
  });

  // Refreshing -----------------------------------------------------------------------------------------------------
  // Whoever has not begun to write has seen what stands above; whoever has is asked before the answer crosses it.
  function seeNews() {
    const newest = document.querySelector("[data-last-message]")?.dataset.lastMessage;
    const form = document.querySelector("form[data-writes=reply]");
    if (newest && form && !form.elements.text.value) form.querySelector(":scope > input[name=last_seen_id]").value = newest;
  }

  let opened = [];
  document.addEventListener("htmx:before:swap", () => {
    opened = [...document.querySelectorAll("details[id][open]:not(.yn-menu)")].map((each) => each.id);
  });

  document.addEventListener("htmx:after:swap", () => {
    opened.forEach((id) => { const each = document.getElementById(id); if (each) each.open = true; });
    seeNews();
    markCurrent();
  });

  document.addEventListener("htmx:after:request", (event) => {
    const { ctx } = event.detail;
    if (event.target.matches?.("[data-list-item]") && ctx.response?.status === 200) setTimeout(() => showCase(event.target.getAttribute("href")));
  });
})();
