/* What makes the page an app: the service worker, the list of what waits, the phone's buttons. */
import * as capture from "./capture.js";
import { guard } from "./guard.js";
import { listen } from "./queue.js";
import { counted } from "./saying.js";
import * as kept from "./kept.js";

function register() {
  const { worker } = document.querySelector("#phone").dataset;
  return navigator.serviceWorker?.register(worker, { type: "module", scope: "/", updateViaCache: "none" });
}

/* The worker keeps one page for no network: it is to be in this page's language. */
function speak() {
  const language = document.documentElement.lang;
  navigator.serviceWorker?.controller?.postMessage({ language });
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

guard(listen);
capture.begin();
greet();
speak();
register()?.catch((fault) => console.warn(`service worker: ${fault.message}`));
await kept.begin();
