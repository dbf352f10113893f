// Shows a push as the server wrote it and leads to its page. Knows nothing else and keeps nothing.
"use strict";

self.addEventListener("push", (event) => {
  const news = event.data ? event.data.json() : {};
  if (!news.title) return;
  event.waitUntil(self.registration.showNotification(news.title, { tag: news.tag, renotify: true, data: { url: news.url } }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const url = new URL(event.notification.data.url, self.location.origin).href;
  event.waitUntil((async () => {
    const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
    const here = windows.find((one) => new URL(one.url).origin === self.location.origin);
    // A page may be one this worker does not control, which it may not lead elsewhere.
    if (here) try { await (await here.focus()).navigate(url); return; } catch { /* open a new one */ }
    await self.clients.openWindow(url);
  })());
});
