// The message box: words, slash commands, pictures by button, paste or drop.
import { el, toast } from "./dom.js";
import { escape } from "./mrkdwn.js";

const ACCEPT = "image/*,.heic,.heif,.avif,.tif,.tiff,.bmp";

// `send({text, files, thread})` posts; `thread()` names the thread this box writes to, or "".
export function composer(form, { id, label, send, thread, commands }) {
  const text = el("textarea", { id, rows: "1", "aria-label": label, placeholder: label });
  const picker = el("input", { type: "file", accept: ACCEPT, multiple: true, hidden: true, "aria-label": "Pictures" });
  const add = el("button", { type: "button", class: "icon", "aria-label": "Add pictures", onclick: () => picker.click() }, "+");
  const go = el("button", { class: "button primary", "aria-label": "Send" }, "Send");
  const hints = el("p", { class: "hints" });
  const submit = async (files = []) => {
    const words = text.value.trim();
    if (!words && !files.length) return;
    text.value = "";
    hints.replaceChildren();
    fit(text);
    await guarded(() => send({ text: words, files, thread: thread() }), text, words);
  };
  form.replaceChildren(hints, add, picker, text, go);
  form.addEventListener("submit", (event) => { event.preventDefault(); submit(); });
  picker.addEventListener("change", () => { submit([...picker.files]); picker.value = ""; });
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); submit(); }
  });
  text.addEventListener("input", () => { fit(text); hint(hints, text, commands()); });
  text.addEventListener("paste", (event) => {
    const files = [...event.clipboardData.files];
    if (files.length) { event.preventDefault(); submit(files); }
  });
  return submit;
}

async function guarded(work, text, words) {
  try {
    await work();
  } catch (error) {
    text.value = text.value || words;
    toast(`That was not sent: ${error.message}`);
  }
}

function fit(text) {
  text.style.height = "auto";
  text.style.height = `${Math.min(text.scrollHeight, 160)}px`;
}

function hint(hints, text, commands) {
  const typed = text.value;
  const fitting = typed.startsWith("/") && !typed.includes(" ") ? commands.filter((name) => name.startsWith(typed)) : [];
  hints.replaceChildren(...fitting.map((name) =>
    el("button", { type: "button", class: "button", onclick: () => { text.value = `${name} `; hints.replaceChildren(); text.focus(); } }, name)));
}

// What a person typed, as Slack stores it: escaped, with @names as mentions.
export const stored = (text, users) =>
  escape(text).replace(/(^|\s)@([a-z0-9_]+)/g, (whole, space, name) => {
    const user = users.find((one) => one.name === name);
    return user ? `${space}<@${user.id}>` : whole;
  });

// Dropping files anywhere on the page.
export function onDrop(cover, take) {
  let depth = 0;
  const carries = (event) => [...(event.dataTransfer?.types || [])].includes("Files");
  const set = (change) => { depth = Math.max(0, change); cover.classList.toggle("on", depth > 0); };
  window.addEventListener("dragenter", (event) => { if (carries(event)) { event.preventDefault(); set(depth + 1); } });
  window.addEventListener("dragover", (event) => { if (carries(event)) event.preventDefault(); });
  window.addEventListener("dragleave", () => set(depth - 1));
  window.addEventListener("drop", (event) => {
    set(0);
    if (!carries(event)) return;
    event.preventDefault();
    take([...event.dataTransfer.files], event.target);
  });
}
