/* How all files together stand, above their rows. */
import { bytes, duration, speed } from "./format.js";
import { items, open } from "./queue.js";
import { fill, many } from "./words.js";

/** The sums: files and bytes there are and that are sent, bytes a second. Files given up do not count. */
export function sums() {
  const wanted = items.filter(({ state }) => state !== "cancelled" && state !== "refused");
  const total = (list, value) => list.reduce((sum, item) => sum + value(item), 0);
  return {
    files: wanted.length,
    sent: wanted.filter(({ state }) => state === "taken").length,
    failed: items.length - wanted.length,
    size: total(wanted, ({ size }) => size),
    done: total(wanted, (item) => (item.state === "taken" ? item.size : item.sent)),
    rate: total(wanted, ({ rate }) => rate),
  };
}

/** One line about all of them. */
export function line(words) {
  const { files, sent, failed, size, done, rate } = sums();
  const parts = [fill(many(words, "sum", files, { sent, size: bytes(size) }))];
  if (rate && done < size) {
    parts.push(fill(words.sum_left, { speed: speed(rate), left: duration((size - done) / rate) }));
  }
  if (failed) parts.push(many(words, "sum_failed", failed));
  return parts.join(" · ");
}

/** Draw them into the page's bar and line. */
export function total({ text, bar, cancel, clear }, words) {
  const { size, done } = sums();
  text.textContent = items.length ? line(words) : "";
  bar.value = size ? done / size : 0;
  bar.hidden = !items.some(open);
  cancel.hidden = items.filter(open).length < 2;
  clear.hidden = items.length < 2 || items.every(open);
}
