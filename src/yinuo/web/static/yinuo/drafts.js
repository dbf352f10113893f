// Keeps what was typed in forms with data-draft="a name of this form": through reloads, errors, lost connections and
// sign-outs. A draft belongs to one account on one device, is dropped once the form was accepted, and after 14 days.
// With data-draft-url the server keeps the field `text` as well, for other devices; data-draft-saved says when it did,
// and the newer of both is shown. A form with data-takes-draft="its name" carries what is typed there away with it.
(() => {
  "use strict";
  const PREFIX = "yinuo-draft:", SUBMITTED = "yinuo-submitted", KEPT_FOR = 14 * 24 * 3600 * 1000;

  const nameOf = (form) => `${PREFIX}${document.body.dataset.account || "guest"}:${form.dataset.draft}`;
  const isKept = (field) => field.name && !/^(password|hidden|file|submit|button|reset)$/.test(field.type)
    && !("noDraft" in field.dataset);

  function read(form) {
    const values = {};
    for (const field of form.elements) {
      if (!isKept(field)) continue;
      if (/^(checkbox|radio)$/.test(field.type)) (values[field.name] ??= []).push(...(field.checked ? [field.value] : []));
      else if (field.type === "select-multiple") values[field.name] = [...field.selectedOptions].map((option) => option.value);
      else values[field.name] = field.value;
    }
    return values;
  }

  function fill(form, values) {
    let changed = false;
    for (const field of form.elements) {
      if (!isKept(field) || !(field.name in values)) continue;
      const value = values[field.name];
      if (/^(checkbox|radio)$/.test(field.type)) {
        changed ||= field.checked !== value.includes(field.value);
        field.checked = value.includes(field.value);
      } else if (field.type === "select-multiple") {
        for (const option of field.options) option.selected = value.includes(option.value);
      } else if (field.value !== value) {
        field.value = value;
        changed = true;
      }
    }
    return changed;
  }

  const stored = (form) => JSON.parse(localStorage.getItem(nameOf(form)));

  function save(form) {
    const values = read(form), before = stored(form);
    const onServer = before?.onServer && before.values.text === values.text;
    const text = JSON.stringify({ at: onServer ? before.at : window.yinuo.now(), values, onServer });
    try {
      localStorage.setItem(nameOf(form), text);
    } catch {
      // Storage is full or forbidden: typing goes on, only the safety net is missing.
    }
  }

  const drop = (form) => localStorage.removeItem(nameOf(form));

  function restore(form) {
    if (form.dataset.draftReady) return;
    form.dataset.draftReady = "yes";
    const kept = stored(form);
    if (!kept) return;
    const { draftSaved } = form.dataset;
    // What the server once had and has no more was sent from another device.
    const isOld = draftSaved ? Date.parse(draftSaved) >= kept.at : draftSaved === "" && kept.onServer;
    if (isOld) return drop(form);
    if (fill(form, kept.values)) {
      const hint = form.querySelector("[data-draft-hint]");
      if (hint) hint.hidden = false;
      form.dispatchEvent(new CustomEvent("draft:restored", { bubbles: true }));
    }
  }

  // On the server, a second after the last key and when the person looks away. Whoever is signed out meanwhile has the
  // copy of this device.
  const unsaved = new Map();
  function saveSoon(form) {
    clearTimeout(unsaved.get(form));
    unsaved.set(form, setTimeout(() => saveOnServer(form), 1_000));
  }

  async function saveOnServer(form) {
    if (!unsaved.has(form)) return;
    clearTimeout(unsaved.get(form));
    unsaved.delete(form);
    const body = new FormData(), text = form.elements.text.value;
    body.set("text", text);
    body.set("known", form.dataset.draftSaved);
    body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    const answer = await fetch(form.dataset.draftUrl, { method: "POST", body, keepalive: true, redirect: "manual" }).catch(() => null);
    if (answer?.status !== 200) return;
    form.dataset.draftSaved = (await answer.json()).saved;
    const kept = stored(form);
    if (kept?.values.text === text) localStorage.setItem(nameOf(form), JSON.stringify({ ...kept, onServer: true }));
  }

  function saveAll() {
    for (const form of unsaved.keys()) {
      save(form);
      saveOnServer(form);
    }
  }

  function forgetUnsaved(form) {
    clearTimeout(unsaved.get(form));
    unsaved.delete(form);
  }

  // The answer comes with what was typed; this device's copy, which may look newer, must not cover it.
  document.addEventListener("htmx:before:response", (event) => {
    const { ctx } = event.detail, name = ctx.sourceElement.dataset?.takesDraft;
    if (!name || ctx.response.raw.status >= 400) return;
    document.querySelectorAll(`form[data-draft="${CSS.escape(name)}"]`).forEach((form) => {
      clearTimeout(timers.get(form));
      forgetUnsaved(form);
      accepted.add(form);
      drop(form);
    });
  });

  function dropOld() {
    for (const key of Object.keys(localStorage).filter((name) => name.startsWith(PREFIX))) {
      if (Date.now() - JSON.parse(localStorage.getItem(key)).at > KEPT_FOR) localStorage.removeItem(key);
    }
  }

  // A plain form's answer is a new page. It was accepted unless that page asks to sign in, shows an error or a refusal.
  function settleSubmitted() {
    const submitted = sessionStorage.getItem(SUBMITTED);
    sessionStorage.removeItem(SUBMITTED);
    const failed = document.querySelector("[data-refusal], [data-form-errors], .is-invalid")
      || /^(signin|error)$/.test(document.body.dataset.page || "");
    if (submitted && !failed) localStorage.removeItem(submitted);
  }

  const draftForm = (event) => event.target.closest?.("form[data-draft]");
  const timers = new WeakMap();
  // Taking a field that has the focus off the page tells one last `change`; an accepted form has nothing left to keep.
  const accepted = new WeakSet();
  document.addEventListener("input", (event) => {
    const form = draftForm(event);
    if (!form) return;
    accepted.delete(form);
    clearTimeout(timers.get(form));
    timers.set(form, setTimeout(() => save(form), 250));
    if (form.dataset.draftUrl && event.target.name === "text") saveSoon(form);
  });
  document.addEventListener("change", (event) => { const form = draftForm(event); if (form && !accepted.has(form)) save(form); });
  document.addEventListener("submit", (event) => {
    const form = draftForm(event);
    if (!form) return;
    clearTimeout(timers.get(form));
    save(form);
    forgetUnsaved(form);
    if (!event.defaultPrevented) sessionStorage.setItem(SUBMITTED, nameOf(form));
  });
  // A moment later, for whoever looks away to press Send.
  document.addEventListener("focusout", (event) => { if (unsaved.has(draftForm(event))) setTimeout(saveAll, 200); });
  window.addEventListener("pagehide", saveAll);
  document.addEventListener("htmx:after:request", (event) => {
    const form = draftForm(event), response = event.detail.ctx.response;
    if (!form || event.detail.ctx.request.method === "GET") return;
    sessionStorage.removeItem(SUBMITTED);
    if (response.status >= 400 || window.yinuo.isSignIn(response.raw.url)) return;
    accepted.add(form);
    drop(form);
  });
  document.addEventListener("htmx:after:swap", () => document.querySelectorAll("form[data-draft]").forEach(restore));
  document.addEventListener("DOMContentLoaded", () => {
    dropOld();
    settleSubmitted();
    document.querySelectorAll("form[data-draft]").forEach(restore);
  });
})();
