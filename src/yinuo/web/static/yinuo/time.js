// Keeps times true while a page stays open: countdowns, promise rings and the words of <time data-when>.
// Says what components/human_time.py says; the patterns come translated from the server in #yn-texts.
(() => {
  "use strict";
  const MINUTE = 60_000, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
  const root = document.documentElement;
  const texts = JSON.parse(document.getElementById("yn-texts")?.textContent || "{}");
  const say = (name, values = {}) => (texts[name] || "").replace(/%\((\w+)\)s/g, (_, key) => values[key]);

  // A shop's computer may be minutes wrong; the server's clock is the one promises are kept by.
  let skew = 0;
  function learnSkew(serverNow) {
    const difference = Date.parse(serverNow) - Date.now();
    if (!Number.isNaN(difference)) skew = Math.abs(difference) > 5_000 ? difference : 0;
    sessionStorage.setItem("yinuo-skew", skew);
  }
  const wentBack = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  if (wentBack) skew = Number(sessionStorage.getItem("yinuo-skew")) || 0;
  else if (root.dataset.now) learnSkew(root.dataset.now);
  const now = () => Date.now() + skew;

  function span(length) {
    const days = Math.floor(length / DAY), hours = Math.floor((length % DAY) / HOUR), minutes = Math.floor((length % HOUR) / MINUTE);
    if (days) return hours ? say("days_hours", { days, hours }) : say("days", { days });
    if (hours) return minutes ? say("hours_minutes", { hours, minutes }) : say("hours", { hours });
    return say("minutes", { minutes });
  }

  function timeLeft(due, at) {
    return say(due >= at ? "left" : "over", { time: span(Math.abs(due - at)) });
  }

  function clock(length) {
    if (length >= DAY) return say("days", { days: Math.floor(length / DAY) });
    const two = (number) => String(number).padStart(2, "0");
    const hours = Math.floor(length / HOUR), minutes = Math.floor((length % HOUR) / MINUTE), seconds = Math.floor((length % MINUTE) / 1000);
    return hours ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
  }

  const zone = root.dataset.zone || undefined;
  const dayOf = new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" });
  const clockOf = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const monthDay = new Intl.DateTimeFormat(root.lang, { timeZone: zone, month: "long", day: "numeric" });

  // Returns null for instants further away: the server's words for those do not change while a page is open.
  function humanTime(instant, at) {
    const distance = instant - at;
    if (Math.abs(distance) < MINUTE) return say("just_now");
    if (distance < 0 && distance > -HOUR) return say("minutes_ago", { minutes: Math.floor(-distance / MINUTE) });
    if (distance > 0 && distance < HOUR) return say("in_minutes", { minutes: Math.floor(distance / MINUTE) });
    const days = Math.round((Date.parse(dayOf.format(instant)) - Date.parse(dayOf.format(at))) / DAY);
    const name = { "-1": "yesterday", 0: "today", 1: "tomorrow" }[days];
    if (name) return say(name, { clock: clockOf.format(instant) });
    return days < 0 && days > -8 ? `${monthDay.format(instant)} ${clockOf.format(instant)}` : null;
  }

  function toneAt(element, at) {
    if (at > Date.parse(element.dataset.due)) return "broken";
    return at >= Date.parse(element.dataset.soon) ? "soon" : "live";
  }

  function write(element, text) {
    if (element && text !== null && element.textContent !== text) element.textContent = text;
  }

  function tickDue(element, at) {
    const due = Date.parse(element.dataset.due);
    const tone = toneAt(element, at);
    if (element.dataset.tone !== tone) element.dataset.tone = tone;
    write(element.querySelector("[data-left]"), timeLeft(due, at));
    if (!("ring" in element.dataset)) return;
    const given = Date.parse(element.dataset.given);
    const share = Math.min(1, Math.max(0, (due - at) / Math.max(1, due - given)));
    element.querySelector(".yn-ring-left").setAttribute("stroke-dasharray", `${(share * 100).toFixed(1)} 100`);
    write(element.querySelector("[data-clock]"), clock(Math.abs(due - at)));
    write(element.querySelector("[data-clock-word]"), say(due >= at ? "ring_left" : "ring_over"));
    const label = `${element.dataset.kind}: ${timeLeft(due, at)}`;
    if (element.getAttribute("aria-label") !== label) element.setAttribute("aria-label", label);
  }

  function tick() {
    const at = now();
    document.querySelectorAll("[data-due]").forEach((element) => tickDue(element, at));
  }

  function retell() {
    const at = now();
    document.querySelectorAll("time[data-when]").forEach((element) => write(element, humanTime(Date.parse(element.dateTime), at)));
  }

  document.addEventListener("DOMContentLoaded", () => {
    tick();
    setInterval(tick, 1000);
    setInterval(retell, 20_000);
  });
  document.addEventListener("htmx:after:swap", () => { tick(); retell(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { tick(); retell(); } });

  window.yinuo = { ...window.yinuo, say, now, learnSkew, timeLeft, humanTime, clock };
})();
