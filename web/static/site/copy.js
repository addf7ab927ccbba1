/* A field with markup, and a button that copies it. */
import { make } from "./element.js";

let known = 0;

async function copied(field) {
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    // Pages on plain http have no clipboard; browsers still know the old command there.
    return document.execCommand("copy");
  }
}

/** One block: its label, the markup, the button. Says what happened to those who listen, too. */
export function block(name, text, words) {
  known += 1;
  const id = `copy-${known}`;
  const field = make("textarea", { id, readonly: true, rows: 3, spellcheck: "false" }, text);
  const told = make("span", { class: "told", role: "status" });
  const button = make("button", { type: "button", "aria-label": `${words.copy}: ${name}` }, words.copy);
  button.addEventListener("click", async () => {
    const done = await copied(field);
    told.textContent = done ? words.copied : words.copy_by_hand;
    if (done) button.focus();
  });
  return make("div", { class: "copy" }, make("label", { for: id }, name), told, button, field);
}
