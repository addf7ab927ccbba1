/* The upload page: files in, rows below, findings as they arrive. */
import { follow, reports, signedOut } from "./live.js";
import { teller } from "./news.js";
import { pick, sorted } from "./picking.js";
import { add, cancel, items, listen, open, remove, resume, retry } from "./queue.js";
import { Row, said, settled } from "./row.js";
import { chips, verdict } from "./findings.js";
import { list } from "./format.js";
import { line, total } from "./total.js";
import { fill, many, read } from "./words.js";

const FEW = 3; // so many pictures are opened by themselves; more would bury the page
const LOST_MS = 2_500;
const KEPT = "loupe-images";
const words = read();
const at = (id) => document.getElementById(id);
const original = at("zone").dataset.original;
const shown = at("rows");
const rows = new Set();
const tell = teller(at("news"), () => line(words));
const sum = { text: at("sum"), bar: at("whole"), cancel: at("cancel-all"), clear: at("clear") };

/** The images of this tab, to be shown again after the page was loaded anew. */
const kept = new Set(JSON.parse(sessionStorage.getItem(KEPT) ?? "[]"));
const keep = (change) => {
  change();
  sessionStorage.setItem(KEPT, JSON.stringify([...kept]));
};

const acts = {
  cancel: (row) => cancel(row.item),
  retry: (row) => retry(row.item),
  remove: (row) => drop(row),
};

let last = null; // the row that was added last in this turn of the page: the next one comes behind it

/** A new row. What was added last is on top, in its own order; below is what was there before this page. */
function raise(item) {
  const row = new Row(item, words, acts);
  if (item) {
    last ? last.after(row.element) : shown.prepend(row.element);
    if (!last) queueMicrotask(() => (last = null));
    last = row.element;
  } else {
    const first = [...rows].filter((each) => !each.item).map(({ element }) => element);
    shown.insertBefore(row.element, [...shown.children].find((each) => first.includes(each)) ?? null);
  }
  rows.add(row);
  at("queue").hidden = false;
  return row;
}

/** A file has become an image: it is remembered, and shown once even if its report was quicker. */
function bind(item) {
  keep(() => kept.add(item.image));
  [...rows].filter((row) => !row.item && row.image === item.image).forEach((row) => {
    rows.delete(row);
    row.element.remove();
  });
}

function drop(row) {
  const near = row.element.nextElementSibling ?? row.element.previousElementSibling;
  rows.delete(row);
  row.element.remove();
  if (row.item) remove(row.item);
  keep(() => kept.delete(row.image));
  const next = [...rows].find(({ element }) => element === near);
  next ? next.focus() : at("files").focus();
  renew();
}

function renew() {
  at("queue").hidden = !rows.size;
  total(sum, words);
  at("signed-out").hidden = !items.some(({ state }) => state === "signed-out");
}

/** What a settled picture turned out to be, as one sentence. */
function summary(row) {
  const [key] = verdict(row.report);
  return `${row.name}: ${[words[key], ...chips(row.report, words)].join(", ")}.`;
}

function show(row, report) {
  const before = settled(row.report);
  row.show(report, Math.max(rows.size, kept.size) <= FEW);
  if (!before && settled(report)) tell(summary(row));
}

listen((item) => {
  const row = [...rows].find((each) => each.item === item) ?? raise(item);
  if (item.state === "taken") bind(item);
  row.update();
  if (item.state === "refused") tell(`${item.name}: ${said(item, null, words)}`);
  if (item.state === "taken" && !row.report && reports.has(item.image)) show(row, reports.get(item.image));
  renew();
});

let broken = 0; // a stream that is back in a moment, as after a restart, is not worth a word

const trouble = (state) => {
  if (state === "lost") broken ||= setTimeout(() => (at("lost").hidden = false), LOST_MS);
  else {
    clearTimeout(broken);
    broken = 0;
    at("lost").hidden = true;
  }
  if (state === "signed-out") at("signed-out").hidden = false;
  if (state === "open") {
    renew();
    resume();
  }
};

const showing = (image) => [...rows].filter((row) => row.image === image);

function report(found) {
  const mine = showing(found.id);
  const ours = kept.has(found.id) || (found.state === "waiting" && !items.some(open)); // it may be one of those
  if (!mine.length && !original && ours) mine.push(raise(null));
  mine.forEach((row) => show(row, found));
  renew();
}

follow({ image: report, gone: (id) => showing(id).forEach(drop), state: trouble });

let others = [];

function take(files, origin = "page") {
  const [pictures, rest] = sorted(files);
  const wanted = original ? pictures.slice(0, 1) : pictures;
  others = rest;
  at("others").hidden = !rest.length;
  const names = rest.slice(0, 3).map(({ name }) => name);
  if (rest.length > 3) names.push(many(words, "more", rest.length - 3));
  at("others-said").textContent = rest.length ? many(words, "others", rest.length, { names: list(names) }) : "";
  send(wanted, origin);
}

function send(files, origin) {
  if (!files.length) return;
  if (original) [...rows].forEach((row) => row.item && !open(row.item) && drop(row));
  add(files, { image: original, origin });
  tell(many(words, "added", files.length));
}

at("others-send").addEventListener("click", () => {
  send(original ? others.slice(0, 1) : others);
  at("others").hidden = true;
  at("files").focus();
});
at("others-leave").addEventListener("click", () => {
  at("others").hidden = true;
  at("files").focus();
});
sum.cancel.addEventListener("click", () => {
  items.filter(open).forEach(cancel);
  at("files").focus();
});
sum.clear.addEventListener("click", () => {
  [...rows].filter((row) => !row.item || !open(row.item)).forEach(drop);
  at("files").focus();
});

// What the phone's buttons bring, and what had waited on this device and was handed in meanwhile.
document.addEventListener("loupe:files", (event) => {
  event.preventDefault();
  take([...event.detail.files], event.detail.origin);
});
document.addEventListener("loupe:handed", (event) => {
  event.preventDefault();
  const { image, name, file } = event.detail;
  keep(() => kept.add(image));
  const row = raise({ image, name, file, size: file.size, state: "taken" });
  if (reports.has(image)) show(row, reports.get(image));
});

const fields = [at("files"), at("folder")].filter(Boolean);
if (at("folder") && !("webkitdirectory" in at("folder"))) at("whole-folder").hidden = true;
pick(fields, at("zone"), take);
addEventListener("beforeunload", (event) => items.some(open) && event.preventDefault());
addEventListener("focus", async () => {
  if (!at("signed-out").hidden && !(await signedOut())) resume(); // signed in again, in another tab
  renew();
});
