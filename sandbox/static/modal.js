// Modals that the app opened for this person, and its home tab.
import { $, el, toast } from "./dom.js";
import { blockNodes } from "./blocks.js";
import { readValues } from "./elements.js";

let shownMark = "";

// Show the uppermost open view, or none.
export function showModal(views, user, call) {
  const dialog = $("modal");
  const view = views.at(-1);
  const mark = view ? `${view.id} ${view.hash}` : "";
  if (mark === shownMark) return;
  shownMark = mark;
  if (!view) {
    dialog.close();
    return;
  }
  dialog.replaceChildren(modalForm(view, user, call));
  dialog.oncancel = (event) => { event.preventDefault(); call("close", { user, view_id: view.id }); };
  if (!dialog.open) dialog.showModal();
}

// What pressing and typing in a view does.
function acting(view, user, call) {
  const told = (action_id, block_id, value) => ({ user, view_id: view.id, action_id, block_id, value });
  const act = (...what) => call("press", told(...what));
  act.suggest = (...what) => call("suggest", told(...what));
  return act;
}

function modalForm(view, user, call) {
  const act = acting(view, user, call);
  const close = () => call("close", { user, view_id: view.id });
  const form = el("form", {},
    el("header", {}, el("h2", { id: "modal-title" }, view.title.text),
      el("button", { type: "button", class: "icon", "aria-label": "Close", onclick: close }, "✕")),
    el("div", { class: "modal-body" }, blockNodes(view.blocks, act)),
    el("p", { class: "error", "data-error": "", role: "alert" }),
    el("p", { class: "dialog-buttons" },
      el("button", { type: "button", class: "button", onclick: close }, view.close?.text || "Cancel"),
      view.submit && el("button", { class: "button primary" }, view.submit.text)));
  form.addEventListener("submit", (event) => { event.preventDefault(); submit(form, view, user, call); });
  return form;
}

async function submit(form, view, user, call) {
  for (const place of form.querySelectorAll("[data-error]")) place.textContent = "";
  try {
    const { errors } = await call("submit", { user, view_id: view.id, values: readValues(form) });
    for (const [block, words] of Object.entries(errors)) {
      const place = form.querySelector(`[data-error="${CSS.escape(block)}"]`);
      if (place) place.textContent = words;
      else toast(words);
    }
  } catch (error) {
    toast(`That did not work: ${error.message}`);
  }
}

export function showHome(home, user, call) {
  const act = home && acting(home, user, call);
  const empty = el("p", { class: "empty" }, "The app has not filled its home tab yet.");
  $("home").replaceChildren(...(home ? blockNodes(home.blocks, act) : [empty]));
}
