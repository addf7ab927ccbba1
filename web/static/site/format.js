/* Numbers as people read them, in the page's language. */
import { language } from "./words.js";

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"];
const made = new Map();

function unit(name, digits, display = "short") {
  const key = `${name} ${digits} ${display}`;
  if (!made.has(key)) {
    const style = { style: "unit", unit: name, unitDisplay: display, maximumFractionDigits: digits };
    made.set(key, new Intl.NumberFormat(language, style));
  }
  return made.get(key);
}

function scaled(count, ending) {
  let power = 0;
  let rest = count;
  while (rest >= 999.5 && power < UNITS.length - 1) {
    rest /= 1000;
    power += 1;
  }
  const digits = power < 2 || rest >= 99.5 ? 0 : 1;
  const display = power === 0 && !ending ? "long" : "short";
  return unit(`${UNITS[power]}${ending}`, digits, display).format(rest);
}

/** A number of bytes, in decimal units: "4.2 MB". */
export const bytes = (count) => scaled(count, "");

/** Bytes a second: "1.2 MB/s". */
export const speed = (rate) => scaled(rate, "-per-second");

/** Seconds to go, not more exactly than they are known: "8 sec", "3 min". */
export function duration(seconds) {
  if (seconds < 60) return unit("second", 0).format(Math.max(1, Math.round(seconds)));
  if (seconds < 5400) return unit("minute", 0).format(Math.round(seconds / 60));
  return unit("hour", 1).format(seconds / 3600);
}

/** A fraction 0-1 as a percentage. */
export const percent = (fraction, digits = 0) =>
  new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: digits }).format(fraction);

/** A number with so many places after the point at most. */
export const number = (value, digits = 0) =>
  new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value);

/** Names one after the other: "a, b and c". */
export const list = (names) => new Intl.ListFormat(language, { type: "conjunction" }).format(names);

/** The camera's clock, as it stood: ISO 8601, whose offset is left as it is. */
export function taken(at) {
  const plain = new Date(`${at.slice(0, 19)}Z`);
  if (Number.isNaN(plain.getTime())) return at;
  const style = { dateStyle: "long", timeStyle: "short", timeZone: "UTC" };
  return new Intl.DateTimeFormat(language, style).format(plain);
}
