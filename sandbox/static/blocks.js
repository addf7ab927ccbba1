// Block Kit as nodes. Source: docs.slack.dev/reference/block-kit/blocks.
import { chartNode } from "./chart.js";
import { el, link } from "./dom.js";
import { interactive } from "./elements.js";
import { inline, mrkdwn } from "./mrkdwn.js";
import { richText } from "./rich.js";
import { textNodes } from "./text.js";

// The address of an image: its own, or that of the workspace's file.
export function imageUrl(part) {
  if (part.image_url) return part.image_url;
  const named = part.slack_file || {};
  const id = named.id || /(?:-|\/)(F[A-Z0-9]{8,})(?:\/|$)/.exec(named.url || "")?.[1];
  return id ? `/sandbox/files/${id}?thumb=1` : "";
}

function picture(part, props = {}) {
  const broken = (event) => event.target.replaceWith(el("span", { class: "broken" }, `🖼 ${part.alt_text}`));
  return el("img", { src: imageUrl(part), alt: part.alt_text, loading: "lazy", onerror: broken, ...props });
}

function section(block, act) {
  const accessory = block.accessory;
  const side = accessory && (accessory.type === "image" ? picture(accessory, { class: "accessory" }) : interactive(accessory, block, act));
  const fields = (block.fields || []).map((field) => el("div", {}, textNodes(field)));
  return el("div", { class: "section" },
    el("div", { class: "section-text" },
      block.text && el("div", {}, textNodes(block.text)),
      fields.length ? el("div", { class: "fields" }, fields) : null),
    side || null);
}

function image(block) {
  const large = el("a", { href: imageUrl(block), target: "_blank", rel: "noopener noreferrer" }, picture(block));
  return el("figure", { class: "image" }, block.title && el("figcaption", {}, textNodes(block.title)), large);
}

function context(block) {
  const parts = block.elements.map((part) => (part.type === "image" ? picture(part) : el("span", {}, textNodes(part))));
  return el("div", { class: "context" }, parts);
}

function input(block, act) {
  const control = interactive(block.element, block, block.dispatch_action ? act : null, act?.suggest);
  return el("div", { class: "input" },
    el("span", { class: "label" }, textNodes(block.label), block.optional ? el("em", {}, " (optional)") : null),
    control,
    block.hint && el("small", {}, textNodes(block.hint)),
    el("p", { class: "error", "data-error": block.block_id, role: "alert" }));
}

function table(block) {
  const cell = (part) => (part.type === "rich_text" ? richText(part) : part.text ?? String(part.value));
  const row = (cells, index) => el("tr", {}, cells.map((part) => el(index ? "td" : "th", {}, cell(part))));
  return el("div", { class: "table" }, el("table", {}, block.rows.map(row)));
}

// Standard Markdown, as far as headings, bullets and emphasis go.
function markdown(block) {
  return el("div", {}, block.text.split("\n").map((line) => {
    const heading = /^#{1,6} (.*)/.exec(line);
    const bullet = /^[-*] (.*)/.exec(line);
    const plain = (text) => inline(text.replace(/\*\*(.+?)\*\*/g, "*$1*").replace(/\[([^\]]+)\]\(([^)\s]+)\)/g, "<$2|$1>"));
    if (heading) return el("h4", {}, plain(heading[1]));
    return el("p", {}, bullet ? ["• ", plain(bullet[1])] : plain(line));
  }));
}

const TASK = { pending: "○ Waiting", in_progress: "◐ Working", complete: "● Done", error: "✕ Failed" };
const task = (block) => el("div", { class: "task" },
  el("p", {}, el("strong", {}, block.title), ` ${TASK[block.status]}`),
  block.details && richText(block.details), block.output && richText(block.output));

const KINDS = {
  section,
  header: (block) => el("h3", { class: "header" }, textNodes(block.text)),
  divider: () => el("hr"),
  image,
  context,
  actions: (block, act) => el("div", { class: "actions" }, block.elements.map((part) => interactive(part, block, act))),
  rich_text: richText,
  markdown,
  input,
  table,
  data_visualization: chartNode,
  alert: (block) => el("div", { class: `alert ${block.level || "default"}` }, textNodes(block.text)),
  video: (block) => el("p", {}, link(block.title_url || block.video_url, block.title.text)),
  task_card: task,
  plan: (block) => el("div", {}, el("strong", {}, block.title), (block.tasks || []).map(task)),
  container: (block, act) => el("div", { class: "container" }, textNodes(block.title), blockNodes(block.child_blocks, act)),
};

export const blockNodes = (blocks, act) =>
  blocks.map((block) => {
    const make = KINDS[block.type] || ((other) => el("p", { class: "unknown" }, `[${other.type}]`));
    return el("div", { class: `block block-${block.type}`, "data-block-id": block.block_id }, make(block, act));
  });

export const bodyNodes = (message, act) =>
  message.blocks?.length ? blockNodes(message.blocks, act) : [el("div", { class: "text" }, mrkdwn(message.text))];
