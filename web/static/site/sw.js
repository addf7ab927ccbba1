/* The service worker: the offline page, shared pictures, and sending what waits when the network is back.

/sw.js imports this and says which files belong to the shell. What is personal is never kept: pages come from
the network or are the offline page; only files whose address changes with their content are kept. */
import { DONE, SYNC, sendAll, wakeLater, whoOrLast } from "./sender.js";
import * as shelf from "./shelf.js";

const OFFLINE = "/offline";
const GONE = [502, 504]; // what a proxy says when nobody answers behind it

export function serve({ version, shell }) {
  const cache = `loupe-${version}`;
  self.addEventListener("install", (event) => event.waitUntil(install(cache, shell)));
  self.addEventListener("activate", (event) => event.waitUntil(activate(cache)));
  self.addEventListener("fetch", (event) => {
    const url = new URL(event.request.url);
    if (url.origin !== location.origin) return;
    const { method, mode } = event.request;
    if (method === "POST" && url.pathname === "/share") event.respondWith(shared(event));
    else if (method === "GET" && mode === "navigate" && isPage(url)) event.respondWith(page(event));
    else if (method === "GET" && shell.includes(url.pathname)) event.respondWith(asset(event.request));
  });
  self.addEventListener("message", (event) => event.waitUntil(speak(cache, event.data.language)));
  self.addEventListener("sync", (event) => {
    if (event.tag === SYNC) event.waitUntil(sync());
  });
}

/* Straight to work: what a page sends on its own does not pass through here, so nothing breaks off. */
async function install(cache, shell) {
  const kept = await caches.open(cache);
  await kept.addAll([OFFLINE, ...shell].map((path) => new Request(path, { cache: "no-cache" })));
  await self.skipWaiting();
}

async function activate(cache) {
  const old = (await caches.keys()).filter((name) => name.startsWith("loupe-") && name !== cache);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

/* Public pages and everything below /i/ have their own rules for caches. */
const isPage = (url) => !url.pathname.startsWith("/i/");

async function page(event) {
  try {
    const answer = await fetch(event.request);
    if (!GONE.includes(answer.status)) return answer;
  } catch {
    // no network: below
  }
  return (await caches.match(OFFLINE)) ?? Response.error();
}

/* The page for no network follows its reader's language. */
async function speak(cache, language) {
  const kept = await caches.open(cache);
  const said = await (await kept.match(OFFLINE))?.text();
  if (!said?.includes(`<html lang="${language}"`)) {
    await kept.add(new Request(OFFLINE, { cache: "no-cache" })).catch(() => {}); // the next page asks again
  }
}

async function asset(request) {
  return (await caches.match(request)) ?? fetch(request);
}

/* Pictures from another app's share sheet: kept on this device first, then the page is shown. */
async function shared(event) {
  let kept = 0;
  let lost = 0;
  const form = await event.request.formData();
  const files = form.getAll("photos").filter((each) => each instanceof File && each.size);
  const person = await whoOrLast();
  for (const file of files) {
    await shelf.put(file, person, "shared").then(() => (kept += 1), () => (lost += 1));
  }
  if (kept) await wakeLater();
  return Response.redirect(`/?shared=${kept}${lost ? `&lost=${lost}` : ""}`, 303);
}

/* The browser says that there is a network. It asks again, with pauses, when this fails. */
async function sync() {
  const ended = await sendAll();
  if (ended !== DONE) throw new Error(ended);
}
