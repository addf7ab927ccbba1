/* The gallery: counts what is chosen, and shows what has changed. Without this script it is a page with forms. */
import { fetched, gathered, renew } from "./renewing.js";

const words = JSON.parse(document.querySelector("#words").textContent);
const shown = document.querySelector("#shown");
const QUIET = 800;

function say(key, known) {
  return words[key].replace(/\{(\w+)\}/g, (_, name) => known[name]);
}

function count() {
  const chosen = shown.querySelectorAll("input[name='image']:checked").length;
  const line = shown.querySelector("#chosen");
  if (!line) return;
  const text = say(`chosen_${chosen > 1 ? "n" : chosen}`, { n: chosen });
  if (line.textContent !== text) line.textContent = text;
  shown.querySelector(".chosen button").disabled = !chosen;
}

const refresh = gathered(async () => {
  const page = await fetched(location.href);
  if (!page) return;
  renew(shown, page.querySelector("#shown").childNodes);
  count();
}, QUIET);

function offer() {
  const news = shown.querySelector("#news");
  if (news.firstChild) return;
  const link = document.createElement("a");
  link.href = "/mine";
  link.textContent = words.new;
  news.append(link);
}

function changed(report) {
  const tile = shown.querySelector(`[data-image="${CSS.escape(report.id)}"]`);
  if (tile) {
    if (tile.dataset.state !== report.state) refresh();
  } else if (shown.dataset.first && !location.search) {
    if (isNewer(report.id)) refresh();
  } else if (isNewer(report.id) && report.state === "waiting") {
    offer();
  }
}

/* Ids rise with time. */
function isNewer(id) {
  const first = shown.querySelector("[data-image]");
  return !first || id > first.dataset.image;
}

shown.addEventListener("change", count);
addEventListener("pageshow", count);
count();

const live = new EventSource("/live");
live.addEventListener("image", (event) => changed(JSON.parse(event.data)));
live.addEventListener("gone", (event) => {
  if (shown.querySelector(`[data-image="${CSS.escape(event.data)}"]`)) refresh();
});
addEventListener("pagehide", () => live.close());
