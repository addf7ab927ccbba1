// A list of messages kept up to date without rebuilding what did not change, so that focus and menus survive.
import { dayNode, messageNode } from "./message.js";
import { dayOf } from "./dates.js";

const NEAR = 80;

export class MessageList {
  constructor(root) {
    this.root = root;
    this.shown = new Map();
    this.pinned = true;
    root.addEventListener("scroll", () => (this.pinned = this.nearEnd()));
    root.addEventListener("load", () => this.pinned && this.toEnd(), true);
    new ResizeObserver(() => this.pinned && this.toEnd()).observe(root);
  }

  nearEnd() {
    return this.root.scrollHeight - this.root.scrollTop - this.root.clientHeight < NEAR;
  }

  clear() {
    this.shown.clear();
    this.root.replaceChildren();
  }

  // Show exactly these messages, oldest first.
  show(messages, view, empty) {
    const before = this.shown;
    this.shown = new Map();
    let day = "";
    for (const message of messages) {
      if (!view.inThread && dayOf(message.ts) !== day) {
        day = dayOf(message.ts);
        this.keep(before, `day-${day}`, day, () => dayNode(message.ts));
      }
      this.keep(before, message.ts, JSON.stringify([message, view.user]), () => messageNode(message, view));
    }
    if (!messages.length && empty) this.keep(before, "empty", empty.id, () => empty.node);
    this.place();
    if (this.pinned) this.toEnd();
  }

  keep(before, key, mark, make) {
    const old = before.get(key);
    this.shown.set(key, old && old.mark === mark ? old : { mark, node: make() });
  }

  place() {
    const wanted = [...this.shown.values()].map((entry) => entry.node);
    const keep = new Set(wanted);
    for (const child of [...this.root.children]) if (!keep.has(child)) child.remove();
    wanted.forEach((node, index) => {
      if (this.root.children[index] !== node) this.root.insertBefore(node, this.root.children[index] || null);
    });
  }

  toEnd() {
    this.pinned = true;
    this.root.scrollTop = this.root.scrollHeight;
  }

  point(ts) {
    const node = this.shown.get(ts)?.node;
    if (!node) return;
    this.pinned = false;
    node.scrollIntoView({ block: "center" });
    node.classList.add("pointed");
  }
}
