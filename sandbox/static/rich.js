// The rich_text block. Source: docs.slack.dev/reference/block-kit/blocks/rich-text-block.
import { el, link } from "./dom.js";
import { emojiNode, inline } from "./mrkdwn.js";
import { dateText } from "./dates.js";

const STYLES = { bold: "strong", italic: "em", strike: "s", code: "code", underline: "u", highlight: "mark" };

const LEAVES = {
  text: (part) => lines(part.text),
  link: (part) => link(part.url, part.text || part.url),
  emoji: (part) => emojiNode(part.name),
  user: (part) => inline(`<@${part.user_id}>`),
  channel: (part) => inline(`<#${part.channel_id}>`),
  broadcast: (part) => inline(`<!${part.range}>`),
  date: (part) => el("time", {}, dateText(part.format, new Date(part.timestamp * 1000)) || part.fallback || ""),
  color: (part) => el("code", {}, part.value),
};

const lines = (text) => text.split("\n").flatMap((line, index) => (index ? [el("br"), line] : [line]));

function leaf(part) {
  let node = (LEAVES[part.type] || (() => ""))(part);
  for (const [style, on] of Object.entries(part.style || {})) {
    if (on && STYLES[style]) node = el(STYLES[style], {}, node);
  }
  return node;
}

const leaves = (part) => part.elements.map(leaf);

const PARTS = {
  rich_text_section: (part) => el("p", {}, leaves(part)),
  rich_text_quote: (part) => el("blockquote", {}, leaves(part)),
  rich_text_preformatted: (part) => el("pre", {}, leaves(part)),
  rich_text_list: (part) => el(
    part.style === "ordered" ? "ol" : "ul",
    { class: `indent-${Math.min(part.indent || 0, 5)}` },
    part.elements.map((item) => el("li", {}, leaves(item))),
  ),
};

export const richText = (block) =>
  el("div", { class: "rich" }, block.elements.map((part) => (PARTS[part.type] || PARTS.rich_text_section)(part)));
