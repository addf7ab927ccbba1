/* What makes the page an app: the service worker, the list of what waits, the phone's buttons. */
import * as capture from "./capture.js";
import { guard } from "./guard.js";
import { counted } from "./saying.js";
import * as kept from "./kept.js";

function register() {
  const { worker } = document.querySelector("#phone").dataset;
  return navigator.serviceWorker?.register(worker, { type: "module", scope: "/", updateViaCache: "none" });
}

/* What the share sheet brought was kept by the worker; the list shows it. The address is for one look only. */
function greet() {
  const said = new URLSearchParams(location.search);
  if (!said.has("shared")) return;
  const [came, lost] = [Number(said.get("shared")) || 0, Number(said.get("lost")) || 0];
  const sentences = [counted("shared", came), ...(lost ? [counted("lost", lost)] : [])];
  kept.say(sentences.join(" "), {});
  history.replaceState(null, "", location.pathname);
}

/* The page's own list, where there is one: the offline page has none. */
async function watch() {
  const list = document.querySelector('link[rel="modulepreload"][href$="/queue.js"]');
  if (list) guard((await import(list.href)).listen);
}

capture.begin();
greet();
await watch();
register()?.catch((fault) => console.warn(`service worker: ${fault.message}`));
await kept.begin();
