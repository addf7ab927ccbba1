/* A text field that offers places while somebody types: the combobox with a list of the ARIA Authoring
   Practices (w3.org/WAI/ARIA/apg/patterns/combobox). Choosing one sends it; the form around works without. */
const QUIET = 200;

function said(words, key, known = {}) {
  return words[key].replace(/\{(\w+)\}/g, (_, name) => known[name]);
}

function named(place) {
  return [...new Set([place.name, place.region, place.country].filter(Boolean))].join(", ");
}

export function combobox(field, words) {
  if (field.getAttribute("role")) return;
  const list = document.createElement("ul");
  const status = document.createElement("span");
  let places = [];
  let at = -1;
  let timer = 0;
  let asked = "";
  list.id = `${field.id}-list`;
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", words.towns);
  status.className = "unseen";
  status.setAttribute("role", "status");
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-expanded", "false");
  field.setAttribute("aria-controls", list.id);
  field.closest(".combo").append(list, status);

  function show(open) {
    list.hidden = !open;
    field.setAttribute("aria-expanded", String(open));
    if (!open) mark(-1);
  }

  function mark(index) {
    at = index;
    [...list.children].forEach((each, number) => {
      each.setAttribute("aria-selected", String(number === at));
      if (number === at) each.scrollIntoView({ block: "nearest" });
    });
    if (at < 0) field.removeAttribute("aria-activedescendant");
    else field.setAttribute("aria-activedescendant", list.children[at].id);
  }

  function offer(found) {
    places = found;
    list.replaceChildren(
      ...found.map((place, number) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${number}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.textContent = named(place);
        return option;
      }),
    );
    at = -1;
    field.removeAttribute("aria-activedescendant");
    show(found.length > 0);
    status.textContent = said(words, `towns_${found.length > 1 ? "n" : found.length}`, { n: found.length });
  }

  async function look() {
    asked = field.value.trim();
    if (!asked) return show(false);
    const mine = asked;
    const answer = await fetch(`/places?q=${encodeURIComponent(mine)}`).catch(() => null);
    if (mine === asked && answer?.ok) offer((await answer.json()).places);
  }

  function choose(place) {
    const form = document.createElement("form");
    form.method = "post";
    form.action = field.form.action;
    for (const name of ["latitude", "longitude"]) {
      const input = document.createElement("input");
      input.type = "hidden";
      input.name = name;
      input.value = place[name];
      form.append(input);
    }
    document.body.append(form);
    form.submit();
  }

  const keys = {
    ArrowDown: () => (list.hidden ? look() : mark((at + 1) % places.length)),
    ArrowUp: () => !list.hidden && mark((at <= 0 ? places.length : at) - 1),
    Home: () => !list.hidden && at >= 0 && mark(0),
    End: () => !list.hidden && at >= 0 && mark(places.length - 1),
    Enter: () => !list.hidden && at >= 0 && choose(places[at]),
    Escape: () => (list.hidden ? ((field.value = ""), true) : show(false)),
    Tab: () => (show(false), false),
  };

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, QUIET);
  });
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || !(event.key in keys)) return;
    if (keys[event.key]() !== false) event.preventDefault();
  });
  field.addEventListener("blur", () => show(false));
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) choose(places[[...list.children].indexOf(option)]);
  });
}
