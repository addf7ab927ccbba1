/* Makes elements. Words become text, never markup. */
const SVG = "http://www.w3.org/2000/svg";

function filled(element, said, children) {
  for (const [name, value] of Object.entries(said)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** An element with attributes (on...: a listener) and children; what is null or false is left out. */
export const make = (name, said = {}, ...children) => filled(document.createElement(name), said, children);

/** The same for drawings. */
export const draw = (name, said = {}, ...children) => filled(document.createElementNS(SVG, name), said, children);

/** A link to another site, which is not told where the reader comes from. */
export const away = (href, words) => make("a", { href, target: "_blank", rel: "noreferrer" }, words);
