// How long things take: requests, heartbeats and handshakes as bars, from the histograms of the metrics.

import { byId, make, say } from "./dom.js";
import { duration, number } from "./format.js";
import { WINDOW_MS } from "./history.js";
import { difference, quantile, readHistograms, total } from "./metrics.js";

/** As many lately as are worth a look of their own. */
const RECENT_MIN = 20;

const SHOWN = {
  tcp_server_request_seconds: ["Requests", "from a Request to its answer"],
  tcp_server_heartbeat_rtt_seconds: ["Round trips", "from a Ping to its Pong"],
  tcp_server_handshake_seconds: ["Handshakes", "from admission to the end of the handshake"],
};

/** Puts them onto the page; what comes back takes each new text of `/metrics`. */
export function makeDistributions() {
  const samples = [];
  const cards = Object.entries(SHOWN).map(([name, [title, what]]) => {
    const card = makeCard(title, what);
    byId("distributions").append(card.node);
    return [name, card];
  });
  return (text) => {
    const latest = { at: Date.now(), histograms: readHistograms(text, Object.keys(SHOWN)) };
    samples.push(latest);
    while (samples[0].at < latest.at - WINDOW_MS) samples.shift();
    const [oldest] = samples;
    for (const [name, card] of cards) {
      const all = latest.histograms.get(name);
      const recent = difference(all, oldest.histograms.get(name));
      // A page that was just opened knows no difference yet, and a handful says little.
      if (recent === null || total(recent) < RECENT_MIN) card.update(all, "since the start");
      else card.update(recent, `in the last ${duration(latest.at - oldest.at)}`);
    }
  };
}

function makeCard(title, what) {
  const said = make("p", { class: "now" });
  const detail = make("p", { class: "detail quiet" });
  const bars = make("div", { class: "bars", role: "img" });
  const axis = make("div", { class: "axis quiet", "aria-hidden": "true" });
  const node = make("article", { class: "tile" }, make("h2", {}, title), said, detail, bars, axis);
  return {
    node,
    update(histogram, when) {
      const { bounds, counts } = histogram;
      const count = total(histogram);
      const [half, most, nearlyAll] = [0.5, 0.95, 0.99].map((share) => {
        return count === 0 ? "–" : duration(1000 * quantile(histogram, share));
      });
      said.replaceChildren(
        ...[[half, "half"], [most, "95 %"], [nearlyAll, "99 %"]].map(([text, share]) =>
          make("span", {}, text, make("small", { class: "key" }, share))
        ),
      );
      say(detail, count === 0 ? `none yet: ${what}` : `${number(count)} ${when}, ${what}`);
      const highest = Math.max(...counts, 1);
      if (bars.childElementCount !== counts.length) buildBars(bounds);
      counts.forEach((each, i) => {
        const bar = bars.children[i];
        bar.firstChild.style.height = `${100 * each / highest}%`;
        bar.classList.toggle("none", each === 0);
        bar.title = `${rangeOf(bounds, i)}: ${number(each)}`;
      });
      bars.setAttribute(
        "aria-label",
        `${title} ${when}: half within ${half}, 95 % within ${most}, 99 % within ${nearlyAll}`,
      );
    },
  };

  function buildBars(bounds) {
    bars.replaceChildren(...bounds.map(() => make("div", { class: "bar" }, make("i"))));
    axis.replaceChildren(
      ...bounds.map((bound, i) => make("span", {}, i % 3 === 1 ? duration(1000 * bound) : "")),
    );
  }
}

function rangeOf(bounds, i) {
  const low = i === 0 ? 0 : bounds[i - 1];
  if (bounds[i] === Infinity) return `longer than ${duration(1000 * low)}`;
  return `${duration(1000 * low)} to ${duration(1000 * bounds[i])}`;
}
