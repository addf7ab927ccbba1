// Slack's mrkdwn as nodes. Source: docs.slack.dev/messaging/formatting-message-text.
import { el, link } from "./dom.js";
import { emoji } from "./emoji.js";
import { dateText } from "./dates.js";

const TOKEN = new RegExp(
  [
    "```([\\s\\S]+?)```",
    "`([^`\\n]+)`",
    "<([^<>\\n]+)>",
    "(?<![\\w*])\\*(?=\\S)([^*\\n]*[^*\\s])\\*(?![\\w*])",
    "(?<![\\w_])_(?=\\S)([^_\\n]*[^_\\s])_(?![\\w_])",
    "(?<![\\w~])~(?=\\S)([^~\\n]*[^~\\s])~(?![\\w~])",
    ":([a-z0-9_+'-]+(?:::skin-tone-[2-6])?):",
    "(\\n)",
  ].join("|"),
  "g",
);

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };
export const unescape = (text) => text.replace(/&(?:amp|lt|gt);/g, (found) => ENTITIES[found]);
export const escape = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

let names = { user: (id) => id, channel: (id) => id };
export const setNames = (lookup) => (names = lookup);

// A whole text: quotes by line, everything else inline.
export function mrkdwn(text) {
  const nodes = [];
  let quoted = [];
  const flush = () => {
    if (quoted.length) nodes.push(el("blockquote", {}, inline(quoted.join("\n"))));
    quoted = [];
  };
  const plain = [];
  const flushPlain = () => plain.length && nodes.push(...inline(plain.splice(0).join("\n")));
  for (const line of fencedLines(text)) {
    const quote = /^(?:&gt;|>) ?/.exec(line);
    if (quote) {
      flushPlain();
      quoted.push(line.slice(quote[0].length));
    } else {
      flush();
      plain.push(line);
    }
  }
  flushPlain();
  flush();
  return nodes;
}

// Lines, but what stands between ``` fences stays in one piece.
function fencedLines(text) {
  return (text.match(/```[\s\S]+?```[^\n]*|[^\n]*(?:\n|$)/g) || []).filter((line, index, all) => line || index < all.length - 1)
    .map((line) => line.replace(/\n$/, ""));
}

export function inline(text) {
  const nodes = [];
  let from = 0;
  for (const found of text.matchAll(TOKEN)) {
    if (found.index > from) nodes.push(unescape(text.slice(from, found.index)));
    nodes.push(token(found));
    from = found.index + found[0].length;
  }
  if (from < text.length) nodes.push(unescape(text.slice(from)));
  return nodes;
}

function token([whole, fence, code, angle, bold, italic, strike, name, newline]) {
  if (fence !== undefined) return el("pre", {}, unescape(fence.replace(/^\n/, "")));
  if (code !== undefined) return el("code", {}, unescape(code));
  if (angle !== undefined) return special(angle);
  if (bold !== undefined) return el("strong", {}, inline(bold));
  if (italic !== undefined) return el("em", {}, inline(italic));
  if (strike !== undefined) return el("s", {}, inline(strike));
  if (name !== undefined) return emojiNode(name);
  if (newline) return el("br");
  return whole;
}

export function emojiNode(name) {
  const shown = emoji(name);
  if (shown.startsWith(":")) return shown;
  return el("span", { class: "emoji", role: "img", "aria-label": name.replaceAll("_", " "), title: `:${name}:` }, shown);
}

// What stands between < and >.
function special(inside) {
  const [target, label] = split(inside);
  if (target.startsWith("@")) return el("span", { class: "mention" }, `@${names.user(target.slice(1))}`);
  if (target.startsWith("#")) return el("span", { class: "mention" }, `#${label || names.channel(target.slice(1))}`);
  if (target.startsWith("!date^")) return date(target, label);
  if (target.startsWith("!")) return el("span", { class: "mention" }, `@${label || target.slice(1).split("^")[0]}`);
  return link(unescape(target), unescape(label || target.replace(/^mailto:/, "")));
}

function split(inside) {
  const bar = inside.indexOf("|");
  return bar < 0 ? [inside, ""] : [inside.slice(0, bar), inside.slice(bar + 1)];
}

function date(target, fallback) {
  const [, stamp, format = "{date}", url] = target.split("^");
  const when = new Date(Number(stamp) * 1000);
  if (Number.isNaN(when.getTime())) return unescape(fallback);
  const shown = el("time", { datetime: when.toISOString(), title: unescape(fallback) }, dateText(unescape(format), when));
  return url ? link(unescape(url), shown) : shown;
}
