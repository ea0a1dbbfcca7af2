// Lets a station be reloaded without network: its neutral page and the files of the portal, as the page has put them aside.
// It keeps no page of anybody, and answers for nothing but /distribution/.
const alone = "/distribution/poste-seul";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname } = new URL(request.url);
  if (request.mode === "navigate" && /^\/distribution\/postes\/[\w-]+$/.test(pathname)) {
    event.respondWith(fetch(request).catch(() => caches.match(alone)));
  } else if (request.method === "GET" && /^\/(assets|static)\//.test(pathname)) {
    event.respondWith(caches.match(request).then((kept) => kept ?? fetch(request)));
  }
});
