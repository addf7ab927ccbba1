/* Brings what waits on this device to the server: one picture at a time, by one tab or worker at a time.

Whatever breaks off at whatever moment may be done again: a ticket is asked for anew, and the server makes one
image of the same bytes of the same person. */
import * as shelf from "./shelf.js";

export const UNREACHABLE = "unreachable"; // no network, or a server that does not answer
export const SIGNED_OUT = "signed-out";
export const DONE = "done"; // nothing is due any more
const ANSWER = 20_000; // milliseconds that the server may take to answer a small request
const SENDING = 10 * 60_000; // and to receive a picture: as long as a ticket holds
const REFUSED = 60 * 60_000; // until a refused picture is tried again: quotas are for a day
const LONGEST = 10 * 60_000;

export const SYNC = "loupe-waiting"; // known to the worker by this name

class Unreachable extends Error {}
class SignedOut extends Error {}
class Refused extends Error {}
class Busy extends Error {}

/* Answers other than 2xx become one of the errors above. */
async function asked(url, options, patience = ANSWER) {
  let answer;
  try {
    answer = await fetch(url, { credentials: "same-origin", signal: AbortSignal.timeout(patience), ...options });
  } catch (fault) {
    throw new Unreachable(fault.message);
  }
  if (answer.ok) return answer;
  if (answer.status === 401) throw new SignedOut();
  const words = answer.status >= 500 ? "" : (await answer.json().catch(() => ({}))).error;
  if (words) throw new Refused(words);
  if ([502, 503, 504].includes(answer.status)) throw new Unreachable(`HTTP ${answer.status}`);
  throw new Busy(`HTTP ${answer.status}`);
}

/* Who is signed in, as the server says now; "" for nobody. Throws when it cannot be asked. */
export async function who() {
  try {
    const { person } = await (await asked("/who", { headers: { accept: "application/json" } })).json();
    await shelf.setPerson(person);
    return person;
  } catch (fault) {
    if (!(fault instanceof SignedOut)) throw fault;
    await shelf.setPerson("");
    return "";
  }
}

/* The same, or whom the server knew last when it cannot be asked. */
export const whoOrLast = () => who().catch(() => shelf.lastPerson());

function posted(body) {
  const headers = { "content-type": "application/json" };
  return { method: "POST", headers, body: JSON.stringify(body) };
}

/* Hands one entry in; the image that it became. */
async function send(entry) {
  const { name, type, size, image: original } = entry;
  const ticket = await (await asked("/tickets", posted({ name, type, size, image: original ?? "" }))).json();
  if (ticket.person && ticket.person !== entry.person) throw new SignedOut();
  const form = new FormData();
  for (const [key, value] of Object.entries(ticket.fields)) form.append(key, value);
  form.append("file", entry.blob, name);
  const bucket = new URL(ticket.url, location.href).origin !== location.origin;
  const credentials = bucket ? "omit" : "same-origin";
  await asked(ticket.url, { method: "POST", body: form, credentials }, SENDING);
  const { image } = await (await asked(`/tickets/${ticket.id}`, posted({}))).json();
  if (!image) throw new Busy("nothing came");
  return image;
}

/* Sends what is due of one person. */
async function drain(person) {
  for (;;) {
    const due = (await shelf.list(person)).find((entry) => entry.next <= Date.now());
    if (!due) return DONE;
    try {
      await shelf.landed(due, await send(due));
    } catch (fault) {
      if (fault instanceof SignedOut || fault instanceof Unreachable) throw fault;
      await putOff(due, fault);
    }
  }
}

async function putOff(entry, fault) {
  const tries = entry.tries + 1;
  const pause = fault instanceof Refused ? REFUSED : Math.min(1000 * 2 ** tries, LONGEST);
  const words = fault instanceof Refused ? fault.message : "";
  await shelf.note(entry.id, { tries, next: Date.now() + pause, fault: words });
}

/* Sends all that is due, unless another tab or the worker is at it; then after them. How it ended. */
export async function sendAll() {
  const work = async () => {
    try {
      const person = await who();
      if (!person) return SIGNED_OUT;
      return await drain(person);
    } catch (fault) {
      if (fault instanceof SignedOut) return SIGNED_OUT;
      if (fault instanceof Unreachable) return UNREACHABLE;
      if (fault instanceof Busy) return UNREACHABLE;
      throw fault;
    }
  };
  return navigator.locks ? navigator.locks.request("loupe-send", work) : work();
}

/* When the next one of a person is due, in milliseconds since the epoch; Infinity when none waits. */
export async function nextDue(person) {
  return Math.min(...(await shelf.list(person)).map((entry) => entry.next));
}

/* Asks the browser to wake the worker when there is a network, where it can do that, page or no page. */
export async function wakeLater() {
  const registration = self.registration ?? (await navigator.serviceWorker?.getRegistration());
  await registration?.sync?.register(SYNC).catch(() => {}); // switched off by its owner: the page does it
}
