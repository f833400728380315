// What happens, as it happens: the stream of events, kept alive, and the last few hundred as a list.

import { readEvents, Refused } from "./api.js";
import { byId, make, say } from "./dom.js";
import { bytes, clockTime, several } from "./format.js";

const EVENTS_MAX = 300;

/** Milliseconds before the stream is asked for again, and between two looks of the list. */
const AGAIN_MS = 3000;
const REDRAW_MS = 500;

/** Listens from now on, and tells `onEvent` too. */
export function makeEvents({ onEvent }) {
  const events = [];
  const kinds = make("select", {}, make("option", { value: "" }, "all"));
  const held = make("input", { type: "checkbox" });
  const body = make("tbody");
  const none = make(
    "p",
    { class: "none-found quiet" },
    "Nothing happened since this page was opened",
  );
  let redraw = null;
  kinds.addEventListener("change", draw);
  held.addEventListener("change", draw);
  byId("view-events").append(
    make(
      "form",
      { class: "filter", submit: (event) => event.preventDefault() },
      make("label", {}, "Kind", kinds),
      make("label", { class: "choice" }, held, "Hold the list"),
    ),
    make(
      "div",
      { class: "scroll" },
      make(
        "table",
        {},
        make("caption", { class: "unseen" }, `The last ${EVENTS_MAX} events, newest first`),
        make(
          "thead",
          {},
          make(
            "tr",
            {},
            ["At", "What", "User", "Address", "More"].map((title, i) =>
              make("th", { scope: "col", class: i === 3 ? "second" : "" }, title)
            ),
          ),
        ),
        body,
      ),
    ),
    none,
  );
  listen();

  async function listen() {
    for (;;) {
      try {
        await readEvents(take);
        say(byId("events-state"), "interrupted");
      } catch (error) {
        say(byId("events-state"), error instanceof Refused ? error.message : "interrupted");
      }
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }

  function take(kind, data) {
    if (kind === "open") return say(byId("events-state"), "live");
    events.unshift({ kind, ...data });
    if (events.length > EVENTS_MAX) events.pop();
    if (![...kinds.options].some(({ value }) => value === kind)) {
      kinds.append(make("option", { value: kind }, kind));
    }
    // A storm of them is one redraw.
    redraw ??= setTimeout(draw, REDRAW_MS);
    onEvent(kind, data);
  }

  function draw() {
    clearTimeout(redraw);
    redraw = null;
    if (held.checked) return;
    const shown = events.filter(({ kind }) => kinds.value === "" || kind === kinds.value);
    body.replaceChildren(...shown.map(rowOf));
    none.hidden = shown.length > 0;
  }
}

function rowOf(event) {
  const { kind, at, session, user, address } = event;
  const link = session === undefined
    ? ""
    : make("a", { href: `#events/session/${encodeURIComponent(session)}` }, user || "(none)");
  return make(
    "tr",
    {},
    make("td", {}, clockTime(at)),
    make("td", {}, make("span", { class: `kind ${kind}` }, kind)),
    make("td", {}, link),
    make("td", { class: "second" }, address ?? ""),
    make("td", { class: "cut" }, moreOf(event)),
  );
}

/** What an event says besides who and when. */
export function moreOf({ name, by, message, client, queuedBytes, framesDropped, mode, count }) {
  return [
    name && (by ? `${name} by ${by}` : name),
    message,
    client,
    framesDropped && `${several(framesDropped, "frame")} dropped`,
    queuedBytes && `${bytes(queuedBytes)} waited for it`,
    mode,
    count && `${several(count, "event")} of which nothing is known here`,
  ].filter(Boolean).join(" · ");
}
