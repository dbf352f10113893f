// Who else is in a case: says "I am here" every 20 s while the page is seen, "I type" at most every 3 s, "I am gone".
(() => {
  "use strict";
  const HERE = 20_000, TYPING = 3_000;
  const open = () => document.getElementById("case")?.dataset.case;
  let said = null, typedAt = 0;

  function tell(reference, values = {}) {
    const form = new FormData();
    form.set("csrfmiddlewaretoken", document.querySelector("input[name=csrfmiddlewaretoken]")?.value || "");
    Object.entries(values).forEach(([name, value]) => form.set(name, value));
    // Only a courtesy to colleagues: when it does not arrive, the next one does.
    fetch(`/cases/${reference}/watching`, { method: "POST", body: form, keepalive: true }).catch(() => {});
  }

  function here() {
    const reference = open();
    if (said && said !== reference) tell(said, { gone: "1" });
    said = reference || null;
    if (reference && !document.hidden) tell(reference);
  }

  document.addEventListener("input", (event) => {
    const kind = event.target.closest?.("form[data-writes]")?.dataset.writes;
    if (!kind || !open() || Date.now() - typedAt < TYPING) return;
    typedAt = Date.now();
    tell(open(), { typing: kind });
  });

  document.addEventListener("DOMContentLoaded", () => { here(); setInterval(here, HERE); });
  document.addEventListener("htmx:after:swap", () => { if (open() !== said) { typedAt = 0; here(); } });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) here(); });
  window.addEventListener("pagehide", () => { if (said) tell(said, { gone: "1" }); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) here(); });
})();
