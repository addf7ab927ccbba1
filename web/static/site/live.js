/* Reports as they change, over server-sent events; a stream that breaks is opened again. */
import { pause, sleep, wake } from "./waiting.js";

/** The newest report of each image, by its id. */
export const reports = new Map();

/** Is nobody signed in here any more? The page then leads to signing in. */
export async function signedOut() {
  try {
    const answer = await fetch("/who", { headers: { accept: "application/json" } });
    return answer.ok && !(await answer.json()).person;
  } catch {
    return false; // nobody answers: not the same
  }
}

/**
 * Follow the stream for as long as the page is open: `image(report)` hears each change, `gone(id)` of an image
 * that was erased, `state(name)` "open", "lost" and "signed-out". A stream begins with the newest images.
 */
export async function follow({ image, gone, state }) {
  for (let failed = 0; ; failed += 1) {
    await new Promise((resolve) => {
      const stream = new EventSource("/live");
      stream.addEventListener("open", () => {
        failed = 0;
        state("open");
        wake();
      });
      stream.addEventListener("image", ({ data }) => {
        const report = JSON.parse(data);
        reports.set(report.id, report);
        image(report);
      });
      stream.addEventListener("gone", ({ data }) => {
        reports.delete(data);
        gone(data);
      });
      stream.addEventListener("error", () => {
        stream.close(); // by itself it would not come back after an answer that is no stream
        resolve();
      });
    });
    state((await signedOut()) ? "signed-out" : "lost");
    await sleep(pause(failed));
  }
}
