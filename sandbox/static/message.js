// One message as a list item: author, text or blocks, files, reactions, thread, menu.
import { el, toast } from "./dom.js";
import { bodyNodes } from "./blocks.js";
import { clock, dayOf, whenOf } from "./dates.js";
import { emojiNode } from "./mrkdwn.js";
import { ask } from "./confirm.js";
import { PICKABLE } from "./emoji.js";

const KB = 1024;
const sized = (bytes) => (bytes < KB * KB ? `${Math.max(1, Math.round(bytes / KB))} KB` : `${(bytes / KB / KB).toFixed(1)} MB`);

function file(one) {
  if (one.mode === "tombstone") return el("p", { class: "gone" }, "This file was deleted.");
  const name = el("a", { href: `/sandbox/files/${one.id}`, download: one.name }, one.name);
  const caption = el("figcaption", {}, name, ` ${one.pretty_type}, ${sized(one.size)}`);
  if (!one.mimetype.startsWith("image/")) return el("figure", { class: "file" }, "📄 ", caption);
  const broken = (event) => event.target.replaceWith(el("span", { class: "broken" }, "No preview"));
  const size = one.original_w ? { width: String(one.thumb_480_w), height: String(one.thumb_480_h) } : {};
  const image = el("img", { src: `/sandbox/files/${one.id}?thumb=1`, alt: one.alt_txt || one.title, loading: "lazy", onerror: broken, ...size });
  return el("figure", { class: "file" }, image, caption);
}

function reactions(message, view) {
  const chips = (message.reactions || []).map((one) => {
    const mine = one.users.includes(view.user);
    const who = one.users.map(view.name).join(", ");
    const label = `${one.name.replaceAll("_", " ")}, ${one.count}, by ${who}`;
    const react = () => view.call("react", { channel: view.channel, ts: message.ts, user: view.user, name: one.name });
    return el("button", { class: "reaction", "aria-pressed": String(mine), "aria-label": label, title: who, onclick: react },
      emojiNode(one.name), ` ${one.count}`);
  });
  return chips.length ? el("div", { class: "reactions" }, chips) : null;
}

function menuItem(words, run, kind = "") {
  const choose = async (event) => {
    event.currentTarget.closest("details").open = false;
    try {
      await run();
    } catch (error) {
      toast(`That did not work: ${error.message}`);
    }
  };
  return el("li", {}, el("button", { type: "button", class: kind, onclick: choose }, words));
}

function menu(message, view) {
  const at = { channel: view.channel, ts: message.ts, user: view.user };
  const items = Object.entries(view.shortcuts).map(([id, title]) =>
    menuItem(title, async () => {
      const answer = await view.call("shortcut", { ...at, callback_id: id });
      if (!answer.ok) toast("The app did not answer. Try again in a moment.");
    }));
  if (!message.ephemeral) {
    items.unshift(menuItem("Reply in thread", () => view.openThread(message.thread_ts || message.ts, true)));
    const picks = PICKABLE.map((name) =>
      el("button", { type: "button", "aria-label": `React with ${name.replaceAll("_", " ")}`, onclick: () => view.call("react", { ...at, name }) }, emojiNode(name)));
    items.push(el("li", { class: "picks" }, picks));
  }
  if (message.user === view.user && !message.ephemeral) items.push(menuItem("Delete message…", () => remove(message, view), "danger"));
  return el("details", { class: "menu message-menu" }, el("summary", { "aria-label": "More actions" }, "⋯"), el("ul", {}, items));
}

async function remove(message, view) {
  const files = (message.files || []).length ? " The picture goes with it." : "";
  const sure = await ask("Delete message", `Delete this message? This cannot be undone.${files}`, "Delete");
  if (sure) await view.call("delete_message", { channel: view.channel, ts: message.ts });
}

function threadLink(message, view) {
  if (!message.reply_count || view.inThread) return null;
  const words = message.reply_count === 1 ? "1 reply" : `${message.reply_count} replies`;
  const open = () => view.openThread(message.ts, true);
  return el("button", { class: "thread-link", type: "button", onclick: open }, words, el("span", {}, ` last at ${clock(message.latest_reply)}`));
}

function author(message, view) {
  const when = whenOf(message.ts);
  return el("header", {},
    el("strong", {}, view.name(message.user)),
    message.bot_id ? el("span", { class: "badge" }, "App") : null,
    el("time", { datetime: when.toISOString(), title: when.toLocaleString("en") }, clock(message.ts)),
    message.edited ? el("span", { class: "edited" }, "edited") : null);
}

const hue = (id) => [...id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 6, 0);

export function messageNode(message, view) {
  const gone = message.subtype === "tombstone";
  const told = (action_id, block_id, value) => ({ user: view.user, channel: view.channel, ts: message.ts, action_id, block_id, value });
  const act = (...what) => view.call("press", told(...what));
  act.suggest = (...what) => view.call("suggest", told(...what));
  const shown = gone ? [el("p", { class: "gone" }, "This message was deleted.")] : bodyNodes(message, act);
  const initial = view.name(message.user).slice(0, 1).toUpperCase();
  return el("li", { class: `message ${message.ephemeral ? "ephemeral" : ""}`, "data-ts": message.ts },
    el("span", { class: `avatar tint-${message.bot_id ? 0 : hue(message.user)}`, "aria-hidden": "true" }, message.bot_id ? "🔎" : initial),
    el("article", {},
      message.ephemeral ? el("p", { class: "only-you" }, "Only visible to you") : null,
      author(message, view),
      shown,
      (message.files || []).length ? el("div", { class: "files" }, message.files.map(file)) : null,
      reactions(message, view),
      threadLink(message, view)),
    gone ? null : menu(message, view));
}

export const dayNode = (ts) => el("li", { class: "day", "data-ts": `day-${dayOf(ts)}` }, el("span", {}, dayOf(ts)));
