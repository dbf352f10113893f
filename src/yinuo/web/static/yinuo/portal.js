// The customers' pages: names the files that were chosen. Everything else works without this file.
(() => {
  "use strict";
  const size = (bytes) => bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;

  document.addEventListener("change", (event) => {
    if (event.target.type !== "file") return;
    const list = event.target.closest("form")?.querySelector("[data-files-chosen]");
    list?.replaceChildren(...[...event.target.files].map((file) => {
      const line = document.createElement("li");
      for (const words of [file.name, size(file.size)]) line.append(Object.assign(document.createElement("span"), { textContent: words }));
      return line;
    }));
  });
})();
