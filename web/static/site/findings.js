/* What the actors found in one picture, from its report (docs/report.md). */
import { block } from "./copy.js";
import { away, make } from "./element.js";
import { bytes, number, percent, taken } from "./format.js";
import { map } from "./map.js";
import { fill, many } from "./words.js";

/** How it stands: the class of its badge, and its words' key. */
export function verdict(report) {
  const decision = report.release?.decision;
  if (report.state === "rejected" || report.state === "failed") return [report.state, "bad"];
  if (decision === "held" || decision === "review") return [decision, decision === "held" ? "bad" : "wait"];
  if (report.state === "waiting") return ["waiting", "wait"];
  return decision === "cleared" ? ["cleared", "good"] : [report.state, "good"];
}

/** The place's names, from small to large, each once. */
export const placed = (place) => [...new Set([place.name, place.region, place.country].filter(Boolean))].join(", ");

/** The report in a few words each: for a row, and for those who only listen. */
export function chips(report, words) {
  const found = [];
  if (report.faces) found.push(report.faces.length ? many(words, "faces", report.faces.length) : words.faces_zero);
  if (report.contains_nudity) found.push(words.nudity);
  if (report.place) found.push(report.place.name);
  if (saved(report) > 0) found.push(fill(words.saved_short, { share: percent(saved(report)) }));
  if (report.duplicate_of) found.push(words.seen_before);
  return found;
}

/** Fraction of the bytes that compressing saved; 0 where nothing is known. */
function saved(report) {
  return report.bytes_before ? 1 - report.bytes_after / report.bytes_before : 0;
}

/** How far the actors are. */
export function progress(report) {
  const all = Object.values(report.actors ?? {});
  const done = all.filter(({ state }) => !["waiting", "running"].includes(state)).length;
  return { done, of: all.length };
}

/** Sentences of the actors; they know one language. */
const said = (sentence) => make("span", { lang: "en" }, sentence);

const row = (name, ...value) => (value[0] ? [make("dt", {}, name), make("dd", {}, ...value)] : []);

function nudity(report, words) {
  if (report.contains_nudity === null || report.contains_nudity === undefined) return null;
  const known = { sure: percent(report.contains_nudity_confidence / 100) };
  return fill(report.contains_nudity ? words.nudity_seen : words.nudity_none, known);
}

function faces(report, words) {
  if (!report.faces) return null;
  if (!report.faces.length) return words.faces_none;
  return many(words, "faces_seen", report.faces.length, { sure: percent(report.faces[0].score / 100) });
}

function earlier(report, words) {
  return report.duplicate_of && fill(words.duplicate_of, { short: report.duplicate_of.short });
}

function marked(report, words) {
  const found = report.watermark;
  if (!found?.found) return null;
  return found.earlier ? fill(words.mark_of, { short: found.earlier.short }) : words.mark_found;
}

function original(report) {
  if (!report.width) return null;
  return [`${number(report.width)} × ${number(report.height)}`, report.format, bytes(report.bytes)].join(" · ");
}

function savings(report, words) {
  if (!report.bytes_before) return null;
  const { bytes_before: before, bytes_after: after } = report;
  return fill(words.saved, { share: percent(saved(report)), before: bytes(before), after: bytes(after) });
}

/** Names and values: all that is known in words. */
function facts(report, words) {
  const { make: maker, model } = report.camera ?? {};
  return make(
    "dl",
    { class: "facts" },
    row(words.label_nudity, nudity(report, words)),
    row(words.label_faces, faces(report, words)),
    row(words.label_place, report.place ? placed(report.place) : report.no_location && said(report.no_location)),
    row(words.label_taken, report.taken_at && taken(report.taken_at)),
    row(words.label_camera, [maker, model].filter(Boolean).join(" ")),
    row(words.label_original, original(report)),
    row(words.label_saved, savings(report, words)),
    row(words.label_mark, marked(report, words)),
    row(words.label_earlier, earlier(report, words)),
  );
}

function where(report, words) {
  if (!report.location) return null;
  const links = report.map_links ?? {};
  const { latitude, longitude } = report.location;
  return make(
    "div",
    { class: "located" },
    map(report.location),
    make(
      "p",
      { class: "maps" },
      make("span", {}, `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`),
      links.openstreetmap && away(links.openstreetmap, words.map_openstreetmap),
      " ",
      links.google && away(links.google, words.map_google),
    ),
    make("p", { class: "credit" }, words.places_by, " ", away("https://www.geonames.org/", "GeoNames"), " (CC BY 4.0)"),
  );
}

function copies(report, words) {
  if (!report.renditions?.length) return null;
  const line = ({ name, format, width, height, bytes: after, bytes_uncompressed: before, url }) =>
    make(
      "tr",
      {},
      make("th", { scope: "row" }, url ? away(url, `${name} ${format}`) : `${name} ${format}`),
      make("td", {}, `${width} × ${height}`),
      make("td", {}, bytes(after)),
      make("td", {}, before > after ? percent(1 - after / before) : "–"),
    );
  const titles = [words.copy_name, words.copy_pixels, words.copy_bytes, words.copy_saved];
  const head = make("tr", {}, titles.map((title) => make("th", { scope: "col" }, title)));
  const table = make("table", {}, make("thead", {}, head), make("tbody", {}, report.renditions.map(line)));
  const name = many(words, "copies", report.renditions.length);
  const scroll = make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": name }, table);
  return make("details", { class: "copies" }, make("summary", {}, name), scroll);
}

function markup(report, words) {
  const found = Object.entries(report.html ?? {}).filter(([, text]) => text);
  if (!found.length) return null;
  const names = { img: "<img>", picture: "<picture>", amp: "<amp-img>" };
  const blocks = found.map(([kind, text]) => block(names[kind] ?? kind, text, words));
  return make("details", { class: "markup" }, make("summary", {}, words.markup), blocks);
}

/** Everything about one picture. `words`: the part `findings` of the page's words. */
export function draw(report, words) {
  const [key, look] = verdict(report);
  const reason = report.reason ?? (["held", "review"].includes(key) ? report.release.reason : null);
  return make(
    "div",
    { class: "findings" },
    make("p", { class: "verdict" }, make("strong", { class: `badge ${look}` }, words[key]), reason && " ", reason && said(reason)),
    make("div", { class: "known" }, facts(report, words), where(report, words)),
    copies(report, words),
    markup(report, words),
    make(
      "p",
      { class: "page" },
      make("a", { href: `/mine/${report.short}` }, words.own),
      report.page && make("a", { href: report.page }, words.page),
    ),
  );
}
