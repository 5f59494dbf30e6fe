// Keeps the whole site on the device, so that it works without a network. What was kept of another version goes.
"use strict";

const NAME = "softback {{NAME}} ";
const VERSION = NAME + "{{VERSION}}";
const FILES = {{FILES}};

self.addEventListener("install", (event) => {
  const keep = async () => {
    const cache = await caches.open(VERSION);
    await cache.addAll(FILES.map((file) => new Request(file, { cache: "reload" })));
    await self.skipWaiting();
  };
  event.waitUntil(keep());
});

self.addEventListener("activate", (event) => {
  const tidy = async () => {
    const others = (await caches.keys()).filter((name) => name.startsWith(NAME) && name !== VERSION);
    await Promise.all(others.map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(tidy());
});

// Nothing but the site's own files is ever asked for.
self.addEventListener("fetch", (event) => {
  const kept = async () => {
    const cache = await caches.open(VERSION);
    return (await cache.match(event.request, { ignoreSearch: true })) ?? fetch(event.request);
  };
  event.respondWith(kept());
});
