/* Faces drawn on the picture they were found in. */
import { draw } from "./element.js";

const share = (fraction) => `${(100 * fraction).toFixed(3)}%`;

function frame(box, name) {
  const [x, y, width, height] = box.map(share);
  return draw("rect", { class: name, x, y, width, height });
}

/**
 * Lay boxes over a figure whose first child is the picture, and take away those of before.
 *
 * A box has fractions of the upright picture, so it fits at any size. Each is drawn twice, dark under light,
 * to be seen on every ground. The number of faces stands among the findings as words: the drawing is silent.
 */
export function overlay(figure, faces) {
  figure.querySelector(".faces")?.remove();
  if (!faces?.length) return;
  const boxes = faces.flatMap(({ box }) => [frame(box, "under"), frame(box, "over")]);
  figure.append(draw("svg", { class: "faces", "aria-hidden": "true" }, ...boxes));
}
