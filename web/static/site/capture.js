/* The buttons of a phone: take a photo, choose from the files.

A photo that was taken here may be nowhere else on the phone, so it is kept before anything is sent. Files that
lie on the phone anyway go to the page's own list while there is a network (event "loupe:files" on the document,
answered by preventDefault), else they are kept too. */
import { placed } from "./gps.js";
import { keep, say } from "./kept.js";
import { counted } from "./saying.js";

const camera = document.querySelector("#camera");
const documents = document.querySelector("#documents");

function given(files, origin) {
  const detail = { files, origin };
  const offered = new CustomEvent("loupe:files", { detail, cancelable: true });
  const taken = origin !== "camera" && navigator.onLine && !document.dispatchEvent(offered);
  return taken ? remark(files) : keep(files, { origin });
}

function watch(input, button, origin) {
  document.querySelector(button).addEventListener("click", () => input.click());
  input.addEventListener("change", async () => {
    const files = [...input.files];
    await given(files, origin);
    input.value = ""; // so that the same file can be chosen again
  });
}

/* Tells when pictures came without a place: the way that they took may have removed it. Those that are kept
say so in their own rows. */
async function remark(files) {
  const places = await Promise.all(files.map(placed));
  const without = places.filter((place) => place === "no").length;
  if (without && matchMedia("(any-pointer: coarse)").matches) say(counted("without", without), {});
}

export function begin() {
  watch(camera, "#take", "camera");
  watch(documents, "#pick", "files");
  const ours = [camera, documents];
  const chosen = ({ target }) => target.type === "file" && !ours.includes(target) && remark([...target.files]);
  document.addEventListener("change", chosen, true); // before whoever empties the field
}
