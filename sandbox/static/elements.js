// Interactive elements: buttons, menus, inputs. `act(action_id, block_id, value)` sends what was done,
// `suggest(action_id, block_id, value)` asks the app for options.
import { el, safeUrl, toast } from "./dom.js";
import { textNodes } from "./text.js";
import { combobox } from "./combobox.js";
import { confirmed } from "./confirm.js";

async function send(node, element, block, act, value) {
  if (element.confirm && !(await confirmed(element.confirm))) return;
  node.setAttribute("aria-busy", "true");
  try {
    const answer = await act(element.action_id, block.block_id, value);
    if (answer && answer.ok === false) toast("The app did not answer. Try again in a moment.");
  } catch (error) {
    toast(`That did not work: ${error.message}`);
  } finally {
    node.removeAttribute("aria-busy");
  }
}

function button(element, block, act) {
  const label = textNodes(element.text);
  const kind = `button ${element.style || ""}`;
  const href = element.url && safeUrl(element.url);
  const press = (event) => send(event.currentTarget, element, block, act);
  const props = { class: kind, "aria-label": element.accessibility_label, onclick: press };
  if (href) return el("a", { ...props, href, target: "_blank", rel: "noopener noreferrer" }, label);
  return el("button", { ...props, type: "button" }, label);
}

function overflow(element, block, act) {
  const items = element.options.map((option) => {
    const choose = (event) => {
      event.currentTarget.closest("details").open = false;
      send(event.currentTarget, element, block, act, option.value);
    };
    return el("li", {}, el("button", { type: "button", onclick: choose }, textNodes(option.text)));
  });
  return el("details", { class: "overflow menu" }, el("summary", { "aria-label": "More options" }, "⋯"), el("ul", {}, items));
}

const optionsOf = (element) => element.options || (element.option_groups || []).flatMap((group) => group.options);

function select(element, block, act) {
  const first = el("option", { value: "" }, element.placeholder?.text || "Choose…");
  const options = optionsOf(element).map((option) => {
    const selected = element.initial_option?.value === option.value;
    return el("option", { value: option.value, selected }, option.text.text);
  });
  const changed = (event) => act && event.target.value && send(event.target, element, block, act, event.target.value);
  return el("select", { ...named(element, block), onchange: changed }, first, options);
}

const named = (element, block) => ({
  "data-action": element.action_id,
  "data-block": block.block_id,
  "aria-label": block.label?.text || element.placeholder?.text || element.action_id,
});

function choices(type) {
  return (element, block, act) => {
    const name = `${block.block_id}-${element.action_id}`;
    const chosen = new Set((element.initial_options || [element.initial_option || {}]).map((option) => option.value));
    const boxes = element.options.map((option) =>
      el("label", {}, el("input", { type, name, value: option.value, checked: chosen.has(option.value) }), " ", textNodes(option.text)));
    const read = (group) => [...group.querySelectorAll("input:checked")].map((box) => box.value);
    const value = (group) => (type === "radio" ? read(group)[0] : read(group));
    const changed = (event) => act && send(event.currentTarget, element, block, act, value(event.currentTarget));
    return el("div", { class: "choices", role: "group", ...named(element, block), onchange: changed }, boxes);
  };
}

function textInput(element, block) {
  const props = { ...named(element, block), placeholder: element.placeholder?.text, maxlength: element.max_length && String(element.max_length) };
  if (element.multiline) return el("textarea", { ...props, rows: "4" }, element.initial_value || "");
  return el("input", { ...props, type: "text", value: element.initial_value || "" });
}

const typed = (type, initial) => (element, block, act) => {
  const changed = (event) => act && send(event.target, element, block, act, event.target.value);
  return el("input", { ...named(element, block), type, value: String(element[initial] || ""), onchange: changed });
};

function external(element, block, act, suggest) {
  const choose = (node, value) => act && send(node, element, block, act, value);
  const ask = (typed) => suggest(element.action_id, block.block_id, typed);
  return combobox(element, named(element, block), ask, choose);
}

const KINDS = {
  button,
  workflow_button: button,
  overflow,
  static_select: select,
  external_select: external,
  radio_buttons: choices("radio"),
  checkboxes: choices("checkbox"),
  multi_static_select: choices("checkbox"),
  plain_text_input: textInput,
  email_text_input: typed("email", "initial_value"),
  url_text_input: typed("url", "initial_value"),
  number_input: typed("number", "initial_value"),
  datepicker: typed("date", "initial_date"),
  timepicker: typed("time", "initial_time"),
};

export function interactive(element, block, act, suggest = act?.suggest) {
  const make = KINDS[element.type];
  return make ? make(element, block, act, suggest) : el("span", { class: "unknown" }, `[${element.type}]`);
}

// What a modal's inputs hold, as block id -> action id -> value.
export function readValues(root) {
  const values = {};
  for (const node of root.querySelectorAll("[data-action]")) {
    const group = node.classList.contains("choices");
    const checked = [...node.querySelectorAll("input:checked")].map((box) => box.value);
    const radio = node.querySelector("input[type=radio]");
    const entered = "chosen" in node.dataset ? node.dataset.chosen : node.value;
    const value = group ? (radio ? checked[0] ?? null : checked) : entered || null;
    (values[node.dataset.block] ||= {})[node.dataset.action] = value;
  }
  return values;
}
