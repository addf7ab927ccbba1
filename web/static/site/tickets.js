/* Tickets: asked for, used to hand a file in, and asked about afterwards. */

const PATIENCE_MS = 30_000; // for a short answer
const STALLED_MS = 60_000; // an upload that has not moved for so long is begun anew
const EARLY_MS = 15_000; // a ticket this close to its end is not used any more

/**
 * Why something did not work. `kind`: "signed-out", "refused" and "too-large" (final; `words` for people),
 * "expired" (a new ticket helps), "away" (another try later may help), "cancelled".
 */
export class Fault extends Error {
  constructor(kind, words = "") {
    super(words || kind);
    this.kind = kind;
    this.words = words;
  }
}

async function called(path, body, signal) {
  const hurry = new AbortController();
  const stop = () => hurry.abort();
  const timer = setTimeout(stop, PATIENCE_MS);
  signal.addEventListener("abort", stop);
  try {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body), signal: hurry.signal });
    return { answer, said: answer.ok || answer.status < 500 ? await answer.json().catch(() => ({})) : {} };
  } catch {
    throw new Fault(signal.aborted ? "cancelled" : "away");
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}

function judged(answer, said) {
  if (answer.ok) return;
  if (answer.status === 401) throw new Fault("signed-out");
  if (answer.status >= 500 || answer.status === 429 || answer.status === 408) throw new Fault("away");
  throw new Fault("refused", said.error ?? "");
}

let owner = "";

/** A ticket for a file; `image` names the one whose original it is. */
export async function ask(file, image, signal) {
  const body = { name: file.name, type: file.type, size: file.size, ...(image && { image }) };
  const { answer, said } = await called("/tickets", body, signal);
  judged(answer, said);
  owner ||= said.person; // whoever was here when this page began; another may have signed in in another tab
  if (said.person !== owner) throw new Fault("signed-out");
  // The server's clock decides, and this machine's may be wrong: what counts is how long it lasts from now.
  const served = Date.parse(answer.headers.get("date")) || Date.now();
  return { ...said, until: Date.now() + said.expires * 1000 - served };
}

/** Is it too late to begin to send with this ticket? */
export const late = (ticket) => ticket.until - Date.now() < EARLY_MS;

/** The image that a ticket's file became; empty when the file is not there (yet). */
export async function became(ticket, signal) {
  const { answer, said } = await called(`/tickets/${ticket.id}`, {}, signal);
  if (answer.status === 404) throw new Fault("expired");
  judged(answer, said);
  return said.image ?? "";
}

function refused(request) {
  const code = /<Code>(\w+)<\/Code>/.exec(request.responseText)?.[1] ?? "";
  if (code === "EntityTooLarge" || request.status === 413) return new Fault("too-large");
  if (request.status === 403) return new Fault("expired");
  if (request.status === 400 && code !== "RequestTimeout" && code !== "MalformedPOSTRequest") {
    return new Fault("refused", code);
  }
  return new Fault("away");
}

/** Send the file to where the ticket says. `moved(bytes)` hears how far it is. */
export function hand(ticket, file, moved, signal) {
  const form = new FormData();
  for (const [name, value] of Object.entries(ticket.fields)) form.append(name, value);
  form.append("file", file);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(); // fetch does not tell how far an upload is
    let timer = 0;
    const stop = () => request.abort();
    const alive = () => {
      clearTimeout(timer);
      timer = setTimeout(stop, STALLED_MS);
    };
    const end = (fault) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      fault ? reject(fault) : resolve();
    };
    request.upload.addEventListener("progress", ({ loaded }) => {
      alive();
      moved(Math.min(loaded, file.size)); // the form around the file counts among the bytes sent
    });
    request.addEventListener("load", () => end(request.status >= 200 && request.status < 300 ? null : refused(request)));
    request.addEventListener("error", () => end(new Fault("away")));
    request.addEventListener("abort", () => end(new Fault(signal.aborted ? "cancelled" : "away")));
    signal.addEventListener("abort", stop);
    request.open("POST", ticket.url);
    request.send(form);
    alive();
  });
}
