// Live updates: an element with data-live-topics="case-12,queue-team-3" opens one stream of server-sent events,
// /live?topics=…&after=…; for each event `fact` whose data is {"topics": ["case-12"], …} the body hears `live:case-12`.
// A piece refreshes itself by hx-trigger="live:case-12 from:body". Topics of all such elements share the one stream.
(() => {
  "use strict";
  const PATIENCE = 3_000, LONGEST_WAIT = 30_000;
  let source = null, lastId = "", topics = "", wait = 1_000, lostTimer = null, retryTimer = null;

  function wanted() {
    const names = [...document.querySelectorAll("[data-live-topics]")].flatMap((element) => element.dataset.liveTopics.split(","));
    return [...new Set(names.map((name) => name.trim()).filter(Boolean))].sort().join(",");
  }

  // Counts from the first error: later ones, while the browser retries, must not start the patience anew.
  function showLost(lost) {
    const banner = document.getElementById("yn-connection");
    if (lost) {
      lostTimer ??= setTimeout(() => { if (banner) banner.hidden = false; }, PATIENCE);
      return;
    }
    clearTimeout(lostTimer);
    lostTimer = null;
    if (banner) banner.hidden = true;
  }

  function tell(topic, detail) {
    document.body.dispatchEvent(new CustomEvent(`live:${topic}`, { detail, bubbles: true }));
  }

  function hear(event) {
    if (event.lastEventId) lastId = event.lastEventId;
    const fact = JSON.parse(event.data);
    (fact.topics || []).forEach((topic) => tell(topic, fact));
  }

  // The server no longer has everything since our last id: every piece fetches itself anew.
  function startOver(event) {
    if (event.lastEventId) lastId = event.lastEventId;
    topics.split(",").forEach((topic) => tell(topic, {}));
  }

  function open() {
    source?.close();
    clearTimeout(retryTimer);
    topics = wanted();
    if (!topics) return showLost(false);
    const query = new URLSearchParams({ topics });
    if (lastId) query.set("after", lastId);
    source = new EventSource(`${document.body.dataset.liveUrl || "/live"}?${query}`);
    source.addEventListener("open", () => { wait = 1_000; showLost(false); });
    source.addEventListener("fact", hear);
    source.addEventListener("here", hear);
    source.addEventListener("reset", startOver);
    source.addEventListener("error", onError);
  }

  // The browser reconnects by itself after a dropped line, but not after an HTTP error (a restart behind a proxy).
  function onError() {
    showLost(true);
    if (source.readyState !== EventSource.CLOSED) return;
    retryTimer = setTimeout(open, wait * (0.7 + 0.6 * Math.random()));
    wait = Math.min(LONGEST_WAIT, wait * 2);
  }

  function check() {
    if (wanted() !== topics) open();
  }

  document.addEventListener("DOMContentLoaded", () => {
    lastId = document.querySelector("[data-live-after]")?.dataset.liveAfter || "";
    open();
  });
  document.addEventListener("htmx:after:swap", check);
  // Browsers allow six connections to a host over HTTP/1.1; a page nobody sees must not hold one of them for long.
  let restTimer = null;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(restTimer);
    if (document.hidden) restTimer = setTimeout(() => { source?.close(); source = null; }, 60_000);
    else if (!source && topics) open();
  });
  window.addEventListener("pagehide", () => source?.close());
  window.addEventListener("pageshow", (event) => { if (event.persisted) open(); });
})();
