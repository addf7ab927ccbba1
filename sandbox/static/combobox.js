// A field that suggests what the app answers to what is typed: a combobox with a list box.
// Source of keys and roles: w3.org/WAI/ARIA/apg/patterns/combobox (editable, with manual selection).
import { el } from "./dom.js";

const PAUSE_MS = 200;
const USUALLY = 3;
let fields = 0;

// `props` name the field; `ask(typed)` brings options; `choose(node, value)` is told of a choice.
export function combobox(element, props, ask, choose) {
  const id = `combobox-${(fields += 1)}`;
  const first = element.initial_option;
  const list = el("ul", { id, role: "listbox", "aria-label": props["aria-label"] });
  const said = el("p", { role: "status" });
  const input = el("input", {
    ...props, type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", "data-chosen": first?.value || "",
    "aria-autocomplete": "list", "aria-controls": id, "aria-expanded": "false",
    placeholder: element.placeholder?.text, value: first?.text.text || "",
  });
  const field = { id, input, list, said, ask, choose, options: [], at: -1, asked: 0, least: Number(element.min_query_length ?? USUALLY) };
  input.addEventListener("input", () => typed(field));
  input.addEventListener("keydown", (event) => key(field, event));
  input.addEventListener("blur", () => close(field));
  list.addEventListener("pointerdown", (event) => pointed(field, event));
  return el("div", { class: "combobox" }, input, list, said);
}

function typed(field) {
  field.input.dataset.chosen = "";
  clearTimeout(field.timer);
  const words = field.input.value.trim();
  field.asked += 1;
  if (words.length < field.least) {
    close(field);
    field.said.textContent = words ? `Type ${field.least} letters or more.` : "";
    return;
  }
  field.timer = setTimeout(() => look(field, words, field.asked), PAUSE_MS);
}

// Show what is suggested, unless something else was typed meanwhile.
async function look(field, words, asked) {
  field.said.textContent = "Looking…";
  const answer = await field.ask(words).catch(() => ({ options: [], error: "failed" }));
  if (asked !== field.asked || document.activeElement !== field.input) return;
  const groups = answer.option_groups || [];
  show(field, [...(answer.options || []), ...groups.flatMap((group) => group.options)]);
  field.said.textContent = answer.error ? "The app did not answer. Type on to try again." : counted(field.options.length);
}

const counted = (number) => ({ 0: "Nothing is called that.", 1: "1 suggestion." })[number] || `${number} suggestions.`;

function show(field, options) {
  Object.assign(field, { options, at: -1 });
  field.list.replaceChildren(...options.map((option, index) =>
    el("li", { id: `${field.id}-${index}`, role: "option", "aria-selected": "false", "data-index": String(index) },
      option.text.text, option.description && el("small", {}, option.description.text))));
  field.list.scrollTop = 0;
  mark(field, -1);
  field.input.setAttribute("aria-expanded", String(options.length > 0));
}

function close(field) {
  clearTimeout(field.timer);
  field.asked += 1;
  show(field, []);
}

function mark(field, at) {
  field.list.children[field.at]?.setAttribute("aria-selected", "false");
  field.at = at;
  const node = field.list.children[at];
  if (!node) {
    field.input.removeAttribute("aria-activedescendant");
    return;
  }
  node.setAttribute("aria-selected", "true");
  field.input.setAttribute("aria-activedescendant", node.id);
  node.scrollIntoView({ block: "nearest" });
}

function take(field, index) {
  const option = field.options[index];
  close(field);
  field.input.value = option.text.text;
  field.input.dataset.chosen = option.value;
  field.said.textContent = `Chosen: ${option.text.text}.`;
  field.choose(field.input, option.value);
}

const last = (field) => field.options.length - 1;
const MOVES = {
  ArrowDown: (field) => (field.at >= last(field) ? 0 : field.at + 1),
  ArrowUp: (field) => (field.at <= 0 ? last(field) : field.at - 1),
  PageDown: last,
  PageUp: () => 0,
};

function key(field, event) {
  if (event.isComposing) return;
  if (!field.options.length) {
    if (event.key === "ArrowDown") typed(field);
    return;
  }
  if (Object.hasOwn(MOVES, event.key)) mark(field, MOVES[event.key](field));
  else if (event.key === "Enter") take(field, Math.max(0, field.at));
  else if (event.key === "Escape") close(field);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

// The field keeps the focus while something in its list is pressed.
function pointed(field, event) {
  event.preventDefault();
  const node = event.target.closest("[role=option]");
  if (node) take(field, Number(node.dataset.index));
}
