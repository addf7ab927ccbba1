// The confirmation dialog of an element.
import { $, el } from "./dom.js";
import { textNodes } from "./text.js";

// Resolves to whether the person agreed.
export function confirmed(question) {
  const dialog = $("confirm");
  const yes = el("button", { class: `button ${question.style || "primary"}`, value: "yes" }, question.confirm.text);
  const no = el("button", { class: "button", value: "no", autofocus: true }, question.deny?.text || "Cancel");
  dialog.replaceChildren(
    el("form", { method: "dialog" },
      el("h2", { id: "confirm-title" }, textNodes(question.title)),
      el("p", {}, textNodes(question.text)),
      el("p", { class: "dialog-buttons" }, no, yes)),
  );
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

export const ask = (title, text, confirm) =>
  confirmed({
    title: { type: "plain_text", text: title },
    text: { type: "plain_text", text },
    confirm: { type: "plain_text", text: confirm },
    style: "danger",
  });
