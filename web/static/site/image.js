/* The image page: keeps itself fresh, copies markup, looks places up. Without this script it has forms. */
import { combobox } from "./combobox.js";
import { fetched, gathered, renew } from "./renewing.js";

const words = JSON.parse(document.querySelector("#words").textContent);
const place = document.querySelector("#findings");
const news = document.querySelector("#news");
const QUIET = 400;
let said = place.dataset.state;

function enliven() {
  for (const button of place.querySelectorAll("button[data-copies]")) button.hidden = false;
  const town = place.querySelector("#town");
  if (town) combobox(town, words);
}

async function copy(button) {
  const field = document.getElementById(button.dataset.copies);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    return document.execCommand("copy"); // pages on plain http have no clipboard
  } finally {
    button.focus();
  }
}

place.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copies]");
  if (button) news.textContent = (await copy(button)) ? words.copied : words.not_copied;
});

/* Who is looking a place up goes on doing so: the form stays as long as it is in use. */
function content(page) {
  const adding = place.querySelector("#adding");
  const fresh = page.querySelector("#adding");
  if (fresh && adding?.contains(document.activeElement)) fresh.replaceWith(adding);
  return page.body.childNodes;
}

const refresh = gathered(async () => {
  const page = await fetched(`/mine/${place.dataset.name}/findings`);
  if (!page) return;
  const looking = place.querySelector("#adding")?.contains(document.activeElement);
  renew(place, content(page));
  enliven();
  if (!looking) news.textContent = said === "waiting" ? words.renewed : words.settled;
}, QUIET);

function ended(report) {
  return Object.values(report.actors).filter((run) => !["waiting", "running"].includes(run.state)).length;
}

const live = new EventSource("/live");
let first = true;
live.addEventListener("image", (event) => {
  const report = JSON.parse(event.data);
  if (report.id !== place.dataset.image) return;
  const same = first && report.state === said && ended(report) === Number(place.dataset.ended);
  first = false;
  said = report.state;
  if (!same) refresh();
});
live.addEventListener("gone", (event) => {
  if (event.data !== place.dataset.image) return;
  place.replaceChildren();
  news.textContent = words.gone;
});
addEventListener("pagehide", () => live.close());
enliven();
