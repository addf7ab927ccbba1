/* The small map of where a picture was taken: drawn by this site, asked for by position. */
import { make } from "./element.js";

const drawn = new Map();

async function fetched(latitude, longitude) {
  const answer = await fetch(`/where?${new URLSearchParams({ latitude, longitude })}`);
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  return answer.status === 204 ? "" : answer.text();
}

function read(text) {
  const root = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  if (root.localName !== "svg") throw new Error("no drawing");
  const title = root.querySelector("title");
  root.setAttribute("aria-label", title?.textContent ?? ""); // ids must be unique in a page of many maps
  root.removeAttribute("aria-labelledby");
  title?.remove();
  return document.importNode(root, true);
}

/** The place of a map, which appears in it once it is there; nothing where there is none to draw. */
export function map(location) {
  const place = make("div", { class: "map" });
  const { latitude, longitude } = location;
  const key = `${latitude} ${longitude}`;
  if (!drawn.has(key)) drawn.set(key, fetched(latitude, longitude));
  drawn.get(key).then(
    (text) => text && place.append(read(text)),
    () => drawn.delete(key), // the place stands beside it in words; another try comes with the next report
  );
  return place;
}
