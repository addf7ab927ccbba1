/* Thumbnails of files that are not sent yet: made small, one after the other, so that the page stays quick. */
import { draw, make } from "./element.js";

const WIDEST = 640; // pixels of the larger side: sharp where a row shows it at its largest
const HEAVIEST = 60_000_000; // bytes; what is larger is not decoded for a thumbnail
let queue = Promise.resolve();

async function small(file) {
  if (file.size > HEAVIEST) return null;
  const whole = await createImageBitmap(file).catch(() => null); // upright, as EXIF says; null: not known here
  if (!whole) return null;
  const scale = Math.min(1, WIDEST / Math.max(whole.width, whole.height));
  const [width, height] = [whole.width, whole.height].map((side) => Math.max(1, Math.round(side * scale)));
  const canvas = make("canvas", { width, height, "aria-hidden": "true" });
  const pen = canvas.getContext("2d");
  pen.imageSmoothingQuality = "high";
  pen.drawImage(whole, 0, 0, width, height);
  whole.close();
  return canvas;
}

/** What stands where there is no picture (yet): browsers know neither HEIC nor TIFF. */
export const placeholder = () =>
  draw(
    "svg",
    { class: "placeholder", viewBox: "0 0 48 36", "aria-hidden": "true" },
    draw("rect", { x: 1, y: 1, width: 46, height: 34, rx: 3 }),
    draw("circle", { cx: 14, cy: 12, r: 4 }),
    draw("path", { d: "M4 31l12-11 7 6 10-12 12 17" }),
  );

/** A small drawing of a picture file; null where the browser cannot read it. */
export function thumbnail(file) {
  const made = queue.then(() => small(file)).catch(() => null);
  queue = made;
  return made;
}

/** A copy of a published picture, the smallest that is sharp here; null where there is none on this site. */
export function copied(report) {
  const here = (report.renditions ?? []).filter(({ url, format }) => url && new URL(url, location).origin === location.origin && format !== "PNG");
  const fit = here.filter(({ width, height, name }) => Math.abs(width / height - report.width / report.height) < 0.02 && name !== "box50");
  const best = fit.sort((a, b) => a.width - b.width).find(({ width }) => width >= 320) ?? fit.at(-1);
  return best ? make("img", { src: best.url, width: best.width, height: best.height, alt: "" }) : null;
}
