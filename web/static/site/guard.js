/* Keeps a copy on this device of each file of the page's own list that cannot be handed in now.

While the page is open it goes on sending them by itself, and holds a lock on each copy; when it is closed or
dies, the locks go, and the copies are sent like all else that waits. */
import { wakeLater, whoOrLast } from "./sender.js";
import * as shelf from "./shelf.js";

const STUCK = ["waiting", "signed-out"];
const OVER = ["taken", "refused", "cancelled"];
const held = new Map();

/* Watches a list of files: `listen(hear)` calls `hear(item)` on each change of an item's `state`. */
export function guard(listen) {
  if (!navigator.locks) return; // without locks nobody could tell who sends what
  listen((item) => {
    if (STUCK.includes(item.state) && !held.has(item)) held.set(item, hold(item));
    if (OVER.includes(item.state) && held.has(item)) letGo(item);
  });
}

/* Keeps a copy; what ends it. */
function hold(item) {
  const id = crypto.randomUUID();
  let end;
  const over = new Promise((resolve) => (end = resolve));
  const kept = new Promise((resolve) => {
    navigator.locks.request(shelf.lockOf(id), async () => {
      try {
        await shelf.put(item.file, await whoOrLast(), item.origin, { id, image: item.original });
        await wakeLater();
      } catch (fault) {
        console.warn(`${item.name}: ${fault.name} ${fault.message}`); // no room: it still waits in the page
      }
      resolve();
      await over;
    });
  });
  return async () => {
    await kept;
    await shelf.drop(id);
    end();
  };
}

function letGo(item) {
  const end = held.get(item);
  held.delete(item);
  return end();
}
