// A small plot: one or two numbers over the last five minutes, and what they were where the pointer is.

import { draw, make, say } from "./dom.js";
import { duration } from "./format.js";
import { WINDOW_MS } from "./history.js";

const WIDTH = 300;
const HEIGHT = 56;

/** Longer than this between two samples, and the line breaks: nobody knows what happened there. */
const GAP_MS = 8000;

/** A tile with a title, what it says now, and a plot. `series` names its lines; one alone needs no name. */
export function makePlot(title, series, format) {
  const now = make("p", { class: "now" });
  const detail = make("p", { class: "detail quiet" });
  const area = draw("path", { class: "area" });
  const lines = series.map((_, i) => draw("path", { class: `line line-${i + 1}` }));
  const cursor = draw("path", { class: "cursor" });
  const svg = draw(
    "svg",
    {
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      preserveAspectRatio: "none",
      role: "img",
    },
    area,
    ...lines,
    cursor,
  );
  const top = make("p", { class: "top quiet" });
  let shown = { points: [], until: 0 };

  svg.addEventListener("pointermove", ({ clientX }) => {
    const { left, width } = svg.getBoundingClientRect();
    const at = shown.until - WINDOW_MS * (1 - (clientX - left) / width);
    const found = shown.points.map((points) => nearest(points, at));
    if (found[0] === undefined) return;
    const x = xOf(found[0][0], shown.until);
    cursor.setAttribute("d", `M${x} 0V${HEIGHT}`);
    const values = found.map((point) => point?.[1] ?? null)
      .map((value) => value === null ? "–" : format(value));
    say(top, `${values.join(" / ")}, ${duration(shown.until - found[0][0])} ago`);
  });
  svg.addEventListener("pointerleave", () => {
    cursor.removeAttribute("d");
    update();
  });

  function update() {
    const { points, until } = shown;
    const values = points.flat().map(([, value]) => value).filter((value) => value !== null);
    const highest = Math.max(...values, 0);
    // Room for a line that rests at its highest.
    const scale = (highest === 0 ? 1 : highest) * 1.1;
    points.forEach((each, i) => lines[i].setAttribute("d", pathOf(each, until, scale)));
    area.setAttribute("d", areaOf(points[0], until, scale));
    if (!cursor.hasAttribute("d")) say(top, values.length > 0 ? `max ${format(highest)}` : "");
    svg.setAttribute(
      "aria-label",
      `${title}, last five minutes: at most ${format(highest)}. Now: ${now.textContent}`,
    );
  }

  const node = make("article", { class: "tile" }, [
    make("h2", {}, title),
    now,
    detail,
    make("div", { class: "plot" }, top, svg),
  ]);
  return {
    node,
    /** `texts` is what each line says now. */
    update(points, texts, explains) {
      now.replaceChildren(
        ...texts.map((text, i) =>
          make(
            "span",
            {},
            text,
            series[i] === "" ? null : make("small", { class: `key key-${i + 1}` }, series[i]),
          )
        ),
      );
      say(detail, explains);
      shown = { points, until: Date.now() };
      update();
    },
  };
}

function xOf(at, until) {
  return Math.round(10 * WIDTH * (1 - (until - at) / WINDOW_MS)) / 10;
}

function yOf(value, scale) {
  return Math.round(10 * (HEIGHT - 1 - (HEIGHT - 2) * value / scale)) / 10;
}

/** Pieces without a gap. */
function runsOf(points) {
  const runs = [[]];
  let last = null;
  for (const point of points) {
    if (point[1] === null || (last !== null && point[0] - last > GAP_MS)) runs.push([]);
    if (point[1] !== null) runs.at(-1).push(point);
    last = point[0];
  }
  return runs.filter((run) => run.length > 0);
}

function pathOf(points, until, scale) {
  return runsOf(points).map((run) =>
    `M${run.map(([at, value]) => `${xOf(at, until)} ${yOf(value, scale)}`).join("L")}`
  ).join("");
}

function areaOf(points, until, scale) {
  return runsOf(points).map((run) => {
    const [first, last] = [run[0], run.at(-1)].map(([at]) => xOf(at, until));
    return `${pathOf(run, until, scale)}L${last} ${HEIGHT}L${first} ${HEIGHT}Z`;
  }).join("");
}

function nearest(points, at) {
  let best;
  for (const point of points) {
    if (best === undefined || Math.abs(point[0] - at) < Math.abs(best[0] - at)) best = point;
  }
  return best;
}
