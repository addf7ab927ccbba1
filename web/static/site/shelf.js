/* Pictures that wait on this device, in IndexedDB: their bytes as they came, unchanged, and whose they are.

An entry leaves only when the server has taken its picture in and named the image, or when its owner throws
it away. Used by the page and by the service worker alike. */
const WAITING = "waiting";
const KNOWN = "known";
const channel = "BroadcastChannel" in self ? new BroadcastChannel("loupe-waiting") : null;
let opened;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open("loupe", 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore(WAITING, { keyPath: "id" });
      asked.result.createObjectStore(KNOWN);
    };
    asked.onsuccess = () => {
      asked.result.onversionchange = () => asked.result.close();
      asked.result.onclose = () => (opened = undefined);
      resolve(asked.result);
    };
    asked.onerror = () => reject(asked.error);
  }).catch((fault) => {
    opened = undefined;
    throw fault;
  });
  return opened;
}

/* Does `work` in a transaction; resolves when it is on the disk ("strict": synced, not only handed over). */
async function within(name, mode, work) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const change = database.transaction(name, mode, { durability: "strict" });
    const asked = work(change.objectStore(name));
    change.oncomplete = () => resolve(asked?.result);
    change.onabort = () => reject(change.error ?? asked?.error);
  });
}

/* Says that something changed: to other tabs, the service worker, and this page itself. `handed`: what was
taken in by the server ({image, name, origin, file}), where that is the change. */
function tell(handed = null) {
  channel?.postMessage(handed);
  self.dispatchEvent(new CustomEvent("loupe:kept", { detail: handed }));
}

/* Hear of every change, here or elsewhere: `react(handed)`. */
export function onChange(react) {
  channel?.addEventListener("message", ({ data }) => react(data));
  self.addEventListener("loupe:kept", ({ detail }) => react(detail));
}

/* Keeps one file for a person ("" while nobody is known); rejects with QuotaExceededError when it is full.
`image`: the one whose original it is, if any. */
export async function put(file, person, origin, { id = crypto.randomUUID(), image = "" } = {}) {
  const entry = {
    id,
    person,
    image,
    name: file.name || "picture",
    type: file.type,
    size: file.size,
    // A copy of the bytes: what a chooser hands over may be gone, or changed, when the network is back.
    blob: new Blob([await file.arrayBuffer()], { type: file.type }),
    origin,
    at: Date.now(),
    tries: 0,
    next: 0,
    fault: "",
  };
  await within(WAITING, "readwrite", (store) => store.put(entry));
  tell();
  return entry;
}

/* What waits for a person, the oldest first; without what an open page is sending by itself. */
export async function list(person) {
  const all = await within(WAITING, "readonly", (store) => store.getAll());
  const guarded = new Set(((await navigator.locks?.query())?.held ?? []).map((lock) => lock.name));
  const free = (entry) => entry.person === person && !guarded.has(lockOf(entry.id));
  return all.filter(free).sort((a, b) => a.at - b.at);
}

/* Who holds this lock sends the entry by itself; it is let go when its page is closed or dies. */
export const lockOf = (id) => `loupe-kept-${id}`;

export async function drop(id) {
  await within(WAITING, "readwrite", (store) => store.delete(id));
  tell();
}

/* The server has it, and named the image. */
export async function landed({ id, name, origin, blob }, image) {
  await within(WAITING, "readwrite", (store) => store.delete(id));
  tell({ image, name, origin, file: blob });
}

/* Notes something on an entry; one that is gone meanwhile stays gone. */
export async function note(id, changes) {
  await within(WAITING, "readwrite", (store) => {
    const asked = store.get(id);
    asked.onsuccess = () => asked.result && store.put({ ...asked.result, ...changes });
  });
  tell();
}

/* Who was signed in when the server was last heard of; "" for nobody. */
export const lastPerson = async () => (await within(KNOWN, "readonly", (store) => store.get("person"))) ?? "";
export const setPerson = (person) => within(KNOWN, "readwrite", (store) => store.put(person, "person"));
