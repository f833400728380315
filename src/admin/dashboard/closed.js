// The sessions that ended: how many for which reason since the start, and the last ten thousand of them.

import { byId, make } from "./dom.js";
import { bytes, clockTime, duration, number } from "./format.js";
import { makeFilter } from "./filter.js";
import { makeList } from "./list.js";

const FIELDS = [
  { name: "user", label: "User", hint: "whole name" },
  { name: "address", label: "Address", hint: "10.0.0.0/8", size: 14 },
  { name: "code", label: "Reason", hint: "stale, or 1201", size: 16 },
];

const COLUMNS = [
  {
    title: "Ended",
    sort: "endedAt",
    text: ({ endedAt }) => clockTime(endedAt),
  },
  { title: "User", text: ({ user }) => user || "(none)" },
  { title: "Why", text: ({ name }) => name },
  { title: "By", kind: "second", text: ({ by }) => by },
  { title: "It was told", kind: "third cut", text: ({ message }) => message },
  { title: "Client", kind: "third", text: ({ client }) => client },
  { title: "Address", kind: "second", text: ({ address }) => address },
  {
    title: "Lasted",
    sort: "durationMs",
    kind: "numeric",
    text: ({ durationMs }) => duration(durationMs),
  },
  { title: "RTT", sort: "rttMs", kind: "numeric third", text: ({ rttMs }) => duration(rttMs) },
  {
    title: "Unsent",
    sort: "queuedBytes",
    kind: "numeric second",
    hint: "Bytes that still waited for it",
    text: ({ queuedBytes }) => bytes(queuedBytes),
  },
];

/** Puts them onto the page. */
export function makeClosed({ remember }) {
  const list = makeList({
    path: "/api/v1/closed",
    caption: "Sessions that ended",
    noun: "session that ended",
    columns: COLUMNS,
    sort: "-endedAt",
    idOf: ({ id, endedAt }) => `${id} ${endedAt}`,
    open: { address: ({ id }) => `#closed/session/${encodeURIComponent(id)}`, remember },
  });
  const filter = makeFilter("Sessions that ended", FIELDS, list.setFilter);
  const reasons = make("ul", { class: "reasons", "aria-label": "How often, since the start" });
  byId("view-closed").append(reasons, filter.node, list.node);
  return {
    refresh: list.refresh,
    /** Takes what the server counted. */
    count(closed) {
      const entries = Object.entries(closed).sort(([, a], [, b]) => b - a);
      const all = entries.reduce((sum, [, count]) => sum + count, 0);
      const text = JSON.stringify(entries);
      if (reasons.dataset.shown === text) return;
      reasons.dataset.shown = text;
      const focused = reasons.contains(document.activeElement)
        ? document.activeElement.dataset.name
        : undefined;
      reasons.replaceChildren(...entries.map((entry) => reasonOf(entry, all)));
      reasons.querySelector(`[data-name="${focused}"]`)?.focus();
    },
  };

  function reasonOf([key, count], all) {
    const [name, by] = key.split(",");
    const button = make(
      "button",
      {
        type: "button",
        "data-name": key,
        title: "Show these",
        click: () => filter.set("code", name),
      },
      make("b", {}, number(count)),
      ` ${name} `,
      make("span", { class: "quiet" }, `by ${by}`),
    );
    button.style.setProperty("--share", `${100 * count / all}%`);
    return make("li", {}, button);
  }
}
