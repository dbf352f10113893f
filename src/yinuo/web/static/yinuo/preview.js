// Looks into files without leaving the page: pictures, walked through by arrow keys, and the beginning of texts.
// A link with data-preview="picture" or "text" says data-name and data-file, where to keep it; without a script it opens.
(() => {
  "use strict";
  const dialog = () => document.getElementById("yn-preview");
  let shown = null;

  const all = () => [...document.querySelectorAll(`[data-preview="${shown.dataset.preview}"]`)];

  async function fill(body) {
    if (shown.dataset.preview === "picture") {
      const picture = new Image();
      Object.assign(picture, { src: shown.href, alt: shown.dataset.name });
      return body.replaceChildren(picture);
    }
    const text = document.createElement("pre"), wanted = shown;
    body.replaceChildren(text);
    const answer = await fetch(shown.href).catch(() => null);
    if (wanted === shown) text.textContent = answer?.ok && !answer.redirected ? await answer.text() : window.yinuo.say("refused");
  }

  function show(link) {
    shown = link;
    dialog().querySelector("h2").textContent = link.dataset.name;
    dialog().querySelector("[data-preview-file]").href = link.dataset.file;
    dialog().querySelectorAll("[data-preview-step]").forEach((button) => { button.hidden = all().length < 2; });
    fill(dialog().querySelector("[data-preview-body]"));
    if (!dialog().open) dialog().showModal();
  }

  function step(by) {
    const links = all();
    if (links.length > 1) show(links[(links.indexOf(shown) + by + links.length) % links.length]);
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-preview]"), button = event.target.closest?.("[data-preview-step]");
    if (button) return step(Number(button.dataset.previewStep));
    if (event.target === dialog() && dialog().open) return dialog().close();
    if (!link || !dialog() || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(link);
  });

  document.addEventListener("keydown", (event) => {
    if (!dialog()?.open) return;
    if (event.key === "ArrowLeft") step(-1);
    if (event.key === "ArrowRight") step(1);
  });
})();
