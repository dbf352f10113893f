// The wall: shows its teams one after the other, fetches what changed, and hides figures it can no longer vouch for.
(() => {
  "use strict";
  const TURN = 20_000, LEAST_PAUSE = 2_000, LONGEST_PAUSE = 30_000, PATIENCE = 15_000;
  const wall = document.querySelector("[data-wall]");
  const piece = document.getElementById("wall"), lost = document.getElementById("wall-lost");
  const teams = wall.dataset.teams.split(",");
  const zone = document.documentElement.dataset.zone || undefined;
  const clock = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  let team = 0, goodAt = Date.now(), askedAt = 0, soon = null, asking = false;

  if (wall.dataset.theme !== "system") document.documentElement.dataset.bsTheme = wall.dataset.theme;

  function showLost(isGone) {
    lost.hidden = false;
    piece.hidden = true;
    lost.querySelector("[data-lost]").hidden = isGone;
    lost.querySelector("[data-gone]").hidden = !isGone;
    lost.querySelector("[data-lost-since]").textContent = clock.format(goodAt + window.yinuo.now() - Date.now());
  }

  function show(html) {
    goodAt = Date.now();
    lost.hidden = true;
    piece.hidden = false;
    piece.innerHTML = html;
    document.dispatchEvent(new CustomEvent("htmx:after:swap"));
  }

  async function fetchPiece() {
    clearTimeout(soon);
    soon = null;
    if (asking) return;
    asking = true;
    askedAt = Date.now();
    try {
      const response = await fetch(`${wall.dataset.pieceUrl}?${new URLSearchParams({ team: teams[team] })}`, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
      if (response.redirected || [401, 403, 404].includes(response.status)) showLost(true);
      else if (response.ok) show(await response.text());
    } catch {
      // The line or the server is away; the clock below says since when.
    } finally {
      asking = false;
    }
  }

  function fetchSoon() {
    soon ??= setTimeout(fetchPiece, Math.max(0, askedAt + LEAST_PAUSE - Date.now()));
  }

  function tick() {
    wall.querySelector("[data-wall-clock]").textContent = clock.format(window.yinuo.now());
    const quiet = Date.now() - Math.max(goodAt, askedAt);
    if (quiet > (lost.hidden ? LONGEST_PAUSE : 5_000)) fetchSoon();
    if (Date.now() - goodAt > LONGEST_PAUSE + PATIENCE && lost.hidden) showLost(false);
  }

  function turn() {
    if (teams.length < 2 || !lost.hidden) return;
    team = (team + 1) % teams.length;
    fetchPiece();
  }

  wall.dataset.liveTopics.split(",").forEach((topic) => document.addEventListener(`live:${topic}`, fetchSoon));
  // Around midnight the day's words and the files of a new release are fetched anew.
  const day = new Date().toDateString();
  setInterval(() => { if (new Date().toDateString() !== day && lost.hidden) location.reload(); }, 60_000);
  setInterval(turn, TURN);
  setInterval(tick, 1_000);
  tick();
})();
