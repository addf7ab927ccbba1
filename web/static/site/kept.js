/* The list of pictures that wait on this device: shows them, and sends them whenever that may succeed.

`keep(files, {origin})` is for whatever brings pictures: they are on the disk of this device when it resolves.
A picture that was taken in leaves the list, and the event "loupe:handed" on the document tells of it
({image, name, origin, file}); whoever shows it elsewhere calls preventDefault. */
import { placed } from "./gps.js";
import { DONE, SIGNED_OUT, UNREACHABLE, nextDue, sendAll, wakeLater, whoOrLast } from "./sender.js";
import * as shelf from "./shelf.js";
import { counted, words } from "./saying.js";

const SOONEST = 1000;
const LATEST = 60_000;
const find = (name) => document.querySelector(`#kept-${name}`);
const rows = new Map();
let person = null;
let timer;
let failures = 0;
let running = null;
let again = false;

/* Keeps pictures on this device and begins to send them. What was kept, and the names of what had no room. */
export async function keep(files, { origin }) {
  person ??= await whoOrLast();
  const kept = [];
  const full = [];
  for (const file of files) {
    try {
      kept.push(await shelf.put(file, person, origin));
    } catch (fault) {
      full.push(file.name);
      console.warn(`${file.name}: ${fault.name} ${fault.message}`);
    }
  }
  if (full.length) say(words.full, { names: full.join(", ") });
  if (kept.length) ask();
  return { kept, full };
}

/* Asks the browser to keep these pictures when it tidies up, and to wake the worker when there is a network. */
async function ask() {
  navigator.storage?.persist?.().catch(() => {});
  await wakeLater();
  await send();
}

/* Sends what is due; one run at a time on this page, and another after it when asked meanwhile. */
export function send() {
  again = Boolean(running);
  running ??= run().finally(() => {
    running = null;
    if (again) send();
  });
  return running;
}

async function run() {
  clearTimeout(timer);
  await show();
  const waits = rows.size > 0;
  const ended = waits ? await sendAll() : DONE;
  failures = ended === UNREACHABLE ? failures + 1 : 0;
  find("state").textContent = { [UNREACHABLE]: words.no_network, [SIGNED_OUT]: words.signed_out }[ended] ?? "";
  find("in").hidden = ended !== SIGNED_OUT;
  const pause = ended === UNREACHABLE ? Math.min(SOONEST * 2 ** (failures - 1), LATEST) * (1 + Math.random() / 4)
    : ended === DONE ? (await nextDue(person)) - Date.now() : Infinity;
  if (Number.isFinite(pause)) timer = setTimeout(send, Math.max(pause, SOONEST));
}

/* Something changed: here, in another tab, or by the worker. */
async function changed(handed) {
  const event = handed && new CustomEvent("loupe:handed", { detail: handed, cancelable: true });
  if (event && document.dispatchEvent(event)) say(words.handed, handed);
  await show();
}

export function say(sentence, known) {
  find("note").textContent = sentence.replace(/\{(\w+)\}/g, (_, name) => known[name]);
}

/* Brings the list up to date, row by row, so that what has the focus keeps it. */
async function show() {
  const entries = await shelf.list(person);
  const there = new Set(entries.map((entry) => entry.id));
  for (const [id, row] of rows) if (!there.has(id)) leave(id, row);
  for (const entry of entries) {
    if (!rows.has(entry.id)) enter(entry);
    rows.get(entry.id).querySelector(".fault").textContent = entry.fault;
    rows.get(entry.id).querySelector(".again").hidden = !entry.fault;
  }
  find("list").hidden = !entries.length;
  find("heading").textContent = counted("waiting", entries.length);
  await strangers();
}

function enter(entry) {
  const row = document.querySelector("#kept-row").content.firstElementChild.cloneNode(true);
  const picture = row.querySelector("img");
  picture.src = URL.createObjectURL(entry.blob);
  picture.onerror = () => (picture.hidden = true); // a format that this browser does not show
  row.querySelector(".name").textContent = entry.name;
  const remove = row.querySelector(".remove");
  remove.setAttribute("aria-label", `${words.remove}: ${entry.name}`);
  remove.onclick = () => shelf.drop(entry.id);
  row.querySelector(".again").onclick = () => shelf.note(entry.id, { next: 0, fault: "" }).then(send);
  placed(entry.blob).then((place) => (row.querySelector(".whether").textContent = words[`place_${place}`]));
  rows.set(entry.id, row);
  find("rows").append(row);
}

function leave(id, row) {
  const focused = row.contains(document.activeElement);
  const next = row.nextElementSibling ?? row.previousElementSibling;
  URL.revokeObjectURL(row.querySelector("img").src);
  row.remove();
  rows.delete(id);
  if (focused) (next?.querySelector(".remove") ?? find("note")).focus();
}

/* Pictures that were shared while nobody was signed in belong to nobody until somebody says so. */
async function strangers() {
  const unclaimed = person ? await shelf.list("") : [];
  find("strangers").hidden = !unclaimed.length;
  find("found").textContent = counted("found", unclaimed.length);
  find("mine").onclick = async () => {
    for (const entry of unclaimed) await shelf.note(entry.id, { person });
    await send();
  };
  find("away").onclick = async () => {
    for (const entry of unclaimed) await shelf.drop(entry.id);
  };
}

/* The person may have changed in another tab: what the former one left is not shown any more. */
async function meet() {
  person = await whoOrLast();
  failures = 0;
  await send();
}

export async function begin() {
  shelf.onChange(changed);
  addEventListener("online", meet);
  addEventListener("pageshow", (event) => event.persisted && meet());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && meet());
  await meet();
}
