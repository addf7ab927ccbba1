/* The queue of files: so many are sent at a time, each until it has arrived, whatever happens on the way. */
import { ask, became, Fault, hand, late } from "./tickets.js";
import { pause, sleep, wake } from "./waiting.js";

const AT_ONCE = 3;
const RENEWALS = 5; // tickets for one file before something else must be wrong
const SAMPLE_MS = 400;
const OPEN = ["queued", "sending", "checking", "waiting", "signed-out"];

/** Everything that was added and not removed, in order. */
export const items = [];
const listeners = new Set();
let running = 0;
let numbered = 0;

/** Hear of each item that has changed: `hear(item)`. */
export const listen = (hear) => listeners.add(hear);
const tell = (item) => listeners.forEach((hear) => hear(item));

/** Is there something to be sent yet? */
export const open = (item) => OPEN.includes(item.state);

/**
 * Queue files. `image`: the image whose original they are; `origin`: who adds them, handed on to listeners.
 *
 * An item's `state`: queued, sending, checking (sent; does the server have it?), waiting (for the server),
 * signed-out, taken (`image` is known), refused (`fault` has kind and words), cancelled.
 */
export function add(files, { origin = "page", image = "" } = {}) {
  const added = [...files].map((file) => {
    numbered += 1;
    const known = { number: numbered, file, name: file.name, size: file.size, origin, original: image };
    return { ...known, state: "queued", image: "", sent: 0, rate: 0, fault: null, ticket: null, failed: 0, stop: null };
  });
  items.push(...added);
  added.forEach(tell);
  next();
  return added;
}

/** Give up on a file that is not there yet. */
export function cancel(item) {
  if (!open(item)) return;
  item.stop?.abort();
  change(item, { state: "cancelled", rate: 0 });
}

/** Try anew, or at once. */
export function retry(item) {
  if (item.state === "waiting") wake();
  if (!["cancelled", "refused", "signed-out"].includes(item.state)) return;
  change(item, { state: "queued", fault: null, failed: 0, sent: 0, ticket: null });
  next();
}

/** Take it off the list. */
export function remove(item) {
  cancel(item);
  const at = items.indexOf(item);
  if (at >= 0) items.splice(at, 1);
}

/** Somebody is signed in again: go on. */
export const resume = () => items.filter(({ state }) => state === "signed-out").forEach(retry);

function change(item, changed) {
  Object.assign(item, changed);
  tell(item);
}

function next() {
  while (running < AT_ONCE) {
    const item = items.find(({ state, stop }) => state === "queued" && !stop);
    if (!item) return;
    running += 1;
    item.stop = new AbortController();
    settle(item, item.stop.signal).finally(() => {
      running -= 1;
      item.stop = null;
      next();
    });
  }
}

async function settle(item, signal) {
  while (!signal.aborted) {
    try {
      const image = await deliver(item, signal);
      if (!signal.aborted) change(item, { state: "taken", image, rate: 0, sent: item.size, ticket: null });
      wake(); // it is there: who waits for the server need not
      return;
    } catch (fault) {
      if (signal.aborted || fault.kind === "cancelled") return;
      if (fault.kind === "signed-out") return change(item, { state: "signed-out", rate: 0 });
      if (fault.kind !== "away") return change(item, { state: "refused", fault: explained(fault), rate: 0 });
      item.failed += 1;
      change(item, { state: "waiting", rate: 0 });
      await sleep(pause(item.failed - 1), signal);
    }
  }
}

/** A file that cannot be read any more was moved or changed since it was chosen. */
const explained = (fault) => (fault instanceof Fault ? fault : new Fault("refused", fault.message));

/** One way from a ticket to an image. Ends in a `Fault` where it cannot. */
async function deliver(item, signal) {
  for (let renewed = 0; renewed < RENEWALS; renewed += 1) {
    try {
      return await used(item, signal);
    } catch (fault) {
      if (fault.kind !== "expired") throw fault;
      item.ticket = null;
    }
  }
  throw new Fault("away");
}

async function used(item, signal) {
  const again = item.ticket !== null;
  if (again) {
    const image = await became(item.ticket, signal); // an answer that was lost is not worth a second sending
    if (image) return image;
  }
  if (!again || late(item.ticket) || item.failed % 3 === 2) item.ticket = await ask(item.file, item.original, signal);
  change(item, { state: "sending", sent: 0 });
  try {
    await hand(item.ticket, item.file, pace(item), signal);
  } catch (fault) {
    if (fault.kind !== "expired") throw fault;
    const image = await became(item.ticket, signal); // a ticket that was used already is refused, too
    if (image) return image;
    throw fault;
  }
  change(item, { state: "checking", rate: 0, sent: item.size });
  return arrived(item, signal);
}

async function arrived(item, signal) {
  for (let asked = 0; asked < 8; asked += 1) {
    const image = await became(item.ticket, signal);
    if (image) return image;
    await sleep(pause(asked), signal);
  }
  throw new Fault("away");
}

/** Notes how far a file is and how fast: a mean that forgets what is long past. */
function pace(item) {
  let at = performance.now();
  let before = 0;
  return (sent) => {
    const now = performance.now();
    if (now - at < SAMPLE_MS && sent < item.size) return;
    const rate = (1000 * (sent - before)) / Math.max(now - at, 1);
    [at, before] = [now, sent];
    change(item, { sent, rate: item.rate ? 0.7 * item.rate + 0.3 * rate : rate });
  };
}
