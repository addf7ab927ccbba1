/* Reports as they change, over server-sent events; a stream that breaks is opened again. */
import { pause, sleep, wake } from "./waiting.js";

/** The newest report of each image, by its id. */
export const reports = new Map();

/** Is nobody signed in here any more? The page then leads to signing in. */
export async function signedOut() {
  try {
    return (await fetch("/", { method: "HEAD", redirect: "manual" })).type === "opaqueredirect";
  } catch {
    return false; // nobody answers: not the same
  }
}

/**
 * Call `hear(report)` for each change, for as long as the page is open; `state(name)` hears "open", "lost" and
 * "signed-out". Which reports come first is the server's matter: those of the newest images.
 */
export async function follow(hear, state) {
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
        hear(report);
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
