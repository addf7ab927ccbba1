/* One picture's row: thumbnail, how far it is, what was found, and what can be done about it. */
import { make } from "./element.js";
import { overlay } from "./faces.js";
import { chips, draw, progress, verdict } from "./findings.js";
import { bytes, duration, percent, speed } from "./format.js";
import { copied, placeholder, thumbnail } from "./picture.js";
import { open } from "./queue.js";
import { fill } from "./words.js";

/** Is all that can be known of it known? */
export const settled = (report) => Boolean(report) && report.state !== "waiting";

/** What an item does at the moment, as a sentence. */
export function said(item, report, words) {
  if (item && item.state !== "taken") return saying(item, words);
  if (!report) return words.state_taken;
  if (settled(report)) return "";
  const { done, of } = progress(report);
  return fill(words.state_looking, { done, of });
}

function saying(item, words) {
  const known = { share: percent(item.sent / item.size), speed: speed(item.rate) };
  if (item.state === "refused") return refusal(item.fault, words);
  if (item.state !== "sending") return words[`state_${item.state}`];
  if (!item.rate) return fill(words.state_starting, known);
  return fill(words.state_sending, { ...known, left: duration((item.size - item.sent) / item.rate) });
}

function refusal(fault, words) {
  if (fault.kind === "too-large") return words.too_large;
  return fault.words || words.state_refused;
}

/** A row. `acts`: what its buttons do, {cancel, retry, remove}, each called with the row. */
export class Row {
  constructor(item, words, acts) {
    this.item = item;
    this.report = null;
    this.words = words;
    this.acts = acts;
    this.expanded = null; // as the person left it; null as long as nobody has touched it
    this.#build();
    this.update();
  }

  /** The image that it is, once that is known. */
  get image() {
    return this.report?.id || this.item?.image || "";
  }

  get name() {
    return this.item?.name || this.report?.source?.name || this.report?.short || "";
  }

  #build() {
    const id = `row-${(Row.made = (Row.made ?? 0) + 1)}`;
    this.figure = make("figure", { class: "shot" }, placeholder());
    this.title = make("h3", { id: `${id}-name`, tabindex: "-1" });
    this.size = make("span", { class: "size" });
    this.short = make("span", { class: "size" });
    this.badge = make("strong", { class: "badge", hidden: true });
    this.bar = make("progress", { max: 1, value: 0, "aria-labelledby": `${id}-name` });
    this.told = make("p", { class: "state" });
    this.chips = make("ul", { class: "chips" });
    this.found = make("div", { class: "found", id: `${id}-found`, hidden: true });
    this.buttons = Object.fromEntries(
      ["cancel", "retry", "toggle", "remove"].map((act) => [act, this.#button(act, id)]),
    );
    this.buttons.toggle.setAttribute("aria-controls", `${id}-found`);
    const about = make("div", { class: "about" }, make("div", { class: "title" }, this.title, this.badge, this.size, this.short));
    about.append(this.bar, this.told, this.chips);
    const acts = make("div", { class: "acts" }, Object.values(this.buttons));
    this.element = make("li", { class: "row", "aria-labelledby": `${id}-name` }, this.figure, about, acts, this.found);
    if (this.item) thumbnail(this.item.file).then((canvas) => this.#picture(canvas));
  }

  #button(act, id) {
    const button = make("button", { type: "button", id: `${id}-${act}`, class: "small", hidden: true });
    const press = act === "toggle" ? () => this.toggle() : () => this.acts[act](this);
    button.addEventListener("click", press);
    button.setAttribute("aria-labelledby", `${id}-${act} ${id}-name`); // which of the rows is meant
    button.textContent = this.words[act];
    return button;
  }

  #picture(shown) {
    if (!shown) return;
    this.figure.querySelector(".placeholder, canvas, img")?.remove();
    this.figure.prepend(shown);
    overlay(this.figure, this.report?.faces);
  }

  /** Show a newer report. */
  show(report, few) {
    this.report = report;
    if (this.expanded === null && few) this.expanded = true;
    if (this.figure.querySelector(".placeholder")) this.#picture(copied(report));
    overlay(this.figure, report.faces);
    this.update();
  }

  /** Open or close the findings. */
  toggle(wanted = !this.expanded) {
    this.expanded = wanted;
    this.update();
  }

  /** Draw what has changed. */
  update() {
    const { item, report, words } = this;
    const state = item && item.state !== "taken" ? item.state : settled(report) ? "settled" : "looking";
    this.element.dataset.state = state;
    this.title.textContent = this.name;
    this.size.textContent = item ? bytes(item.size) : report?.bytes ? bytes(report.bytes) : "";
    this.short.textContent = report?.short ?? "";
    const sending = ["sending", "checking"].includes(state);
    const steps = report && progress(report);
    this.bar.hidden = !sending && state !== "looking";
    this.bar.value = sending ? item.sent / item.size : steps?.of ? steps.done / steps.of : 0;
    this.told.textContent = said(item, report, words);
    this.told.hidden = !this.told.textContent;
    this.#judge(state);
    this.#offer(state);
  }

  #judge(state) {
    const known = this.report && state === "settled" && !this.expanded;
    this.badge.hidden = !known;
    if (known) {
      const [key, look] = verdict(this.report);
      this.badge.className = `badge ${look}`;
      this.badge.textContent = this.words[key];
    }
    const shown = this.report && !this.expanded ? chips(this.report, this.words) : [];
    this.chips.replaceChildren(...shown.map((words) => make("li", {}, words)));
    this.chips.hidden = !shown.length;
    const opened = Boolean(this.report && this.expanded);
    this.element.classList.toggle("open", opened);
    this.found.hidden = !opened;
    if (opened) renewed(this.found, draw(this.report, this.words));
  }

  #offer(state) {
    const { cancel, retry, toggle, remove } = this.buttons;
    const held = document.activeElement;
    cancel.hidden = !(this.item && open(this.item));
    retry.hidden = !["waiting", "refused", "cancelled"].includes(state);
    retry.textContent = state === "waiting" ? this.words.try_now : this.words.retry;
    remove.hidden = !["refused", "cancelled", "settled"].includes(state);
    toggle.hidden = !this.report;
    toggle.setAttribute("aria-expanded", String(Boolean(this.expanded)));
    if (held?.hidden && this.element.contains(held)) this.focus(); // its button is gone: stay in the row
  }

  /** Put the focus here: on the first thing that can be done, else on the name. */
  focus() {
    (Object.values(this.buttons).find((button) => !button.hidden) ?? this.title).focus();
  }
}

/** Replace what is shown; what was opened stays open, and the focus stays where it was. */
function renewed(place, fresh) {
  const before = [...place.querySelectorAll("details")].map((each) => [each.className, each.open]);
  const fields = "a, button, summary, textarea, [tabindex]";
  const at = [...place.querySelectorAll(fields)].indexOf(document.activeElement);
  if (place.firstChild?.isEqualNode?.(fresh)) return;
  place.replaceChildren(fresh);
  for (const [name, open] of before) {
    const same = [...place.querySelectorAll("details")].find((each) => each.className === name);
    if (same) same.open = open;
  }
  if (at >= 0) place.querySelectorAll(fields)[at]?.focus();
}
