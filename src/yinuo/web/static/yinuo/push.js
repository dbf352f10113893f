// Switches notifications of this browser on: asks, registers the worker, and sends the browser's address by a form.
(() => {
  "use strict";
  const card = document.querySelector("[data-push-key]");
  if (!card) return;
  const show = (state) => card.querySelectorAll("[data-push-state]").forEach((part) => { part.hidden = part.dataset.pushState !== state; });
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const isSupported = window.isSecureContext && "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

  async function digestOf(endpoint) {
    const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint));
    return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  async function current() {
    const registration = await navigator.serviceWorker.getRegistration("/");
    return registration ? registration.pushManager.getSubscription() : null;
  }

  async function look() {
    if (!isSupported) return show("unsupported");
    if (Notification.permission === "denied") return show("denied");
    const subscription = await current();
    const row = subscription && card.querySelector(`[data-browser="${await digestOf(subscription.endpoint)}"]`);
    row?.querySelector("[data-this-browser]").removeAttribute("hidden");
    show(row ? "on" : "off");
  }

  async function switchOn(button) {
    button.disabled = true;
    if (await Notification.requestPermission() !== "granted") { button.disabled = false; return show("denied"); }
    show("waiting");
    try {
      await navigator.serviceWorker.register("/push-worker.js", { scope: "/" });
      const registration = await navigator.serviceWorker.ready;
      // One made for another key, or for somebody else who worked here, would never hear of us.
      await (await registration.pushManager.getSubscription())?.unsubscribe();
      const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(card.dataset.pushKey) });
      const form = document.getElementById("push-form");
      form.elements.endpoint.value = subscription.endpoint;
      form.elements.p256dh.value = text(subscription.getKey("p256dh"));
      form.elements.auth.value = text(subscription.getKey("auth"));
      form.submit();
    } catch {
      button.disabled = false;
      show("unreachable");
    }
  }

  card.addEventListener("click", (event) => {
    const button = event.target.closest("[data-push-on]");
    if (button) switchOn(button);
  });
  card.addEventListener("submit", async (event) => {
    const row = event.target.matches("[data-push-removal]") && event.target.closest("[data-browser]");
    if (!row || !isSupported || row.querySelector("[data-this-browser]").hidden) return;
    event.preventDefault();
    await (await current())?.unsubscribe();
    event.target.submit();
  });
  look();
})();
