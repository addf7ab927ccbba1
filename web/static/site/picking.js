/* Where files come from: chosen, a whole folder, dropped, pasted. And which of them are pictures. */

const ENDINGS = /\.(jpe?g|jpe|jfif|png|gif|webp|hei[cf]|avif|tiff?|bmp|dib)$/i;
const CLUTTER = /^(\.|thumbs\.db$|desktop\.ini$|ehthumbs)/i; // what systems leave in folders
const ODD = /^image\/(svg\+xml|x-icon|vnd\.)/; // drawings and such: called images, and no photos

/** May it be a picture? What neither says what it is nor ends in anything is left to the server. */
function likely(file) {
  if (ENDINGS.test(file.name)) return true;
  if (file.type) return file.type.startsWith("image/") && !ODD.test(file.type);
  return !/\.[a-z0-9]{1,8}$/i.test(file.name);
}

/** [pictures, others]; what a system keeps in folders for itself is in neither. */
export function sorted(files) {
  const real = files.filter((file) => !CLUTTER.test(file.name));
  return [real.filter(likely), real.filter((file) => !likely(file))];
}

const read = (reader) => new Promise((resolve, reject) => reader.readEntries(resolve, reject));
const opened = (entry) => new Promise((resolve, reject) => entry.file(resolve, reject));

/** All files in a file or a folder, however deep. What cannot be read is left out. */
async function within(entry) {
  try {
    if (entry.isFile) return [await opened(entry)];
    const reader = entry.createReader();
    const found = [];
    for (let some = await read(reader); some.length; some = await read(reader)) {
      for (const each of some) found.push(...(await within(each))); // one call gives 100 at most
    }
    return found;
  } catch {
    return [];
  }
}

/** The files of a drop. To be called while the event is handled: its entries are gone afterwards. */
export function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return Promise.resolve([...transfer.files]);
  return Promise.all(entries.map(within)).then((found) => found.flat());
}

/** Pictures from the clipboard are all called image.png: the time tells them apart. */
export function pasted(transfer, now = new Date()) {
  const time = now.toTimeString().slice(0, 8).replaceAll(":", "-");
  return [...transfer.files].map((file, index) => {
    if (file.name !== "image.png") return file;
    const name = `clipboard ${time}${index ? ` ${index + 1}` : ""}.png`;
    return new File([file], name, { type: file.type });
  });
}

const carries = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");

/** Listen to the whole page for drops and pastes, and to the fields; `take(files)` gets what comes. */
export function pick(fields, zone, take) {
  for (const field of fields) {
    const chosen = () => {
      take([...field.files]);
      field.value = ""; // so that the same file can be chosen again
    };
    field.addEventListener("change", chosen);
    if (field.files.length) chosen(); // somebody was quicker than this script
  }
  const over = (on) => zone.classList.toggle("over", on);
  addEventListener("dragleave", (event) => event.relatedTarget || over(false)); // nothing: out of the window
  addEventListener("dragover", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    over(true);
  });
  addEventListener("drop", async (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    over(false);
    take(await dropped(event.dataTransfer));
  });
  addEventListener("paste", (event) => {
    const files = event.clipboardData?.files.length ? pasted(event.clipboardData) : [];
    if (!files.length) return;
    event.preventDefault();
    take(files);
  });
}
