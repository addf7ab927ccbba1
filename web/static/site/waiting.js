/* Waiting before another try: longer each time, up to a bound, and cut short by good news. */

const FIRST_MS = 500;
const LONGEST_MS = 20_000;
const sleepers = new Set();

/** How long to wait before the try after so many that failed: doubled each time, spread so as not to march. */
export const pause = (failed, chance = Math.random()) =>
  Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failed, 10)) * (0.75 + chance / 2);

/** Sleep so many milliseconds, or until woken, or until the signal ends it. */
export function sleep(milliseconds, signal) {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      sleepers.delete(end);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    sleepers.add(end);
    signal?.addEventListener("abort", end);
    if (signal?.aborted) end();
  });
}

/** The server is there again, or may be: nobody need wait longer. */
export const wake = () => [...sleepers].forEach((end) => end());

window.addEventListener("online", wake);
