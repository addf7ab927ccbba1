// Slack's chart block as nodes: bars per label, with their numbers; lines and areas are shown as bars, too.
import { el } from "./dom.js";

const HATCHES = 6;
const ROOM = 88; // per cent of the height for bars; the rest is for their numbers

// Every kind of chart as series of points.
function seriesOf(chart) {
  if (chart.type === "pie") return [{ name: "", data: chart.segments }];
  return chart.series;
}

function bar(point, series, index, most) {
  const words = [series.name, point.value.toLocaleString("en")].filter(Boolean).join(": ");
  const filled = el("div", { class: `bar bar-${index % HATCHES}`, title: `${point.label}, ${words}` });
  filled.style.height = `${(ROOM * Math.max(0, point.value)) / most}%`;
  return el("div", { class: "bar-slot" },
    el("span", { class: "bar-number" }, point.value ? point.value.toLocaleString("en") : ""), filled);
}

const describe = (chart) =>
  seriesOf(chart).map((series) =>
    `${series.name ? `${series.name}: ` : ""}${series.data.map((point) => `${point.label} ${point.value}`).join(", ")}`).join(". ");

export function chartNode(block) {
  const all = seriesOf(block.chart);
  const most = Math.max(1, ...all.flatMap((series) => series.data.map((point) => point.value)));
  const groups = all[0].data.map((point, place) =>
    el("div", { class: "bar-group" },
      el("div", { class: "bars" }, all.map((series, index) => bar(series.data[place], series, index, most))),
      el("span", { class: "bar-label" }, point.label)));
  const legend = all.filter((series) => series.name).map((series, index) =>
    el("li", {}, el("i", { class: `bar-${index % HATCHES}` }), ` ${series.name}`));
  return el("figure", { class: "chart" },
    el("figcaption", {}, block.title),
    legend.length ? el("ul", { "aria-hidden": "true" }, legend) : null,
    el("div", { class: "plot", role: "img", "aria-label": describe(block.chart) }, groups));
}
