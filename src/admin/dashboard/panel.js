// One session at the side of the page: what it is, what happened to it and its user, and what can be done to it.

import { call, Refused } from "./api.js";
import { byId, make, say } from "./dom.js";
import { ago, bytes, clockTime, duration, number } from "./format.js";
import { makeActions } from "./actions.js";
import { moreOf } from "./events.js";

/** Milliseconds between two looks at a session. */
const LOOK_MS = 2000;

const FACTS = [
  ["State", ({ state, name, by }) => state ?? `ended: ${name}, by ${by}`],
  ["It was told", ({ message }) => message],
  ["User", ({ user }) => user || "(none)"],
  ["Client", ({ client }) => client],
  ["Address", ({ address }) => address],
  ["Connected", ({ createdAt }) => `${clockTime(createdAt)}, ${ago(createdAt)}`],
  ["Ended", ({ endedAt }) => endedAt && clockTime(endedAt)],
  ["Lasted", ({ durationMs }) => durationMs === undefined ? undefined : duration(durationMs)],
  ["Last frame", ({ lastActivityAt }) => lastActivityAt && ago(lastActivityAt)],
  ["Round trip", ({ rttMs }) => duration(rttMs)],
  ["Frames", (s) => `${number(s.framesReceived)} in, ${number(s.framesSent)} out`],
  ["Bytes", (s) => `${bytes(s.bytesReceived)} in, ${bytes(s.bytesSent)} out`],
  ["Waiting for it", ({ queuedBytes }) => bytes(queuedBytes)],
  ["Requests running", ({ requestsRunning }) => requestsRunning && number(requestsRunning)],
  ["Groups", ({ groups }) => groups?.join(", ")],
  ["Tags", ({ tags }) => Object.entries(tags ?? {}).map((tag) => tag.join("=")).join(", ")],
  ["Data", ({ data }) => data && Object.keys(data).length > 0 ? JSON.stringify(data) : undefined],
  ["Node", ({ node }) => node],
  ["Id", ({ id }) => id],
];

/** `close` is where the panel leads when it is left. */
export function makePanel({ close }) {
  const panel = byId("panel");
  const body = byId("panel-body");
  // Ended sessions as the list knew them: the API tells of live ones only by their id.
  const known = new Map();
  let current = null;
  let openedBy = null;
  byId("close-panel").addEventListener("click", close);
  panel.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") close();
  });

  function show(id) {
    if (current?.id === id) return;
    leave();
    openedBy = document.activeElement;
    const state = make("p", { class: "quiet", role: "status" });
    const facts = make("dl");
    const actions = make("div");
    const timeline = make("ol", { class: "timeline" });
    const happened = make(
      "section",
      { hidden: true },
      make("h3", {}, "What happened to this user"),
      timeline,
    );
    current = {
      id,
      state,
      facts,
      actions,
      timeline,
      happened,
      happenings: [],
      user: null,
      isLive: false,
    };
    body.replaceChildren(state, facts, actions, happened);
    say(byId("panel-title"), "Session");
    panel.hidden = false;
    byId("panel-title").focus();
    look(current);
  }

  function hide() {
    if (current === null) return;
    leave();
    panel.hidden = true;
    openedBy?.focus();
  }

  function leave() {
    clearTimeout(current?.timer);
    current = null;
  }

  async function look(shown) {
    try {
      const session = await call("GET", `/api/v1/sessions/${encodeURIComponent(shown.id)}`);
      if (shown !== current) return;
      if (!shown.isLive) shown.actions.replaceChildren(makeActions(session, () => look(shown)));
      shown.isLive = true;
      known.delete(shown.id);
      describe(shown, session);
    } catch (error) {
      if (shown !== current) return;
      if (error instanceof Refused && error.status === 404) ended(shown, error);
    }
    await lookBack(shown);
    clearTimeout(shown.timer);
    if (shown === current && shown.isLive) shown.timer = setTimeout(look, LOOK_MS, shown);
  }

  function ended(shown, error) {
    shown.isLive = false;
    shown.actions.replaceChildren();
    const last = known.get(shown.id);
    if (last !== undefined) describe(shown, last);
    else if (shown.user === null) say(shown.state, error.message);
    else say(shown.state, "It ended.");
  }

  function describe(shown, session) {
    shown.user = session.user;
    say(byId("panel-title"), session.user || session.address);
    say(shown.state, session.endedAt === undefined ? "" : "It ended.");
    const rows = FACTS.map(([name, text]) => [name, text(session)])
      .filter(([, text]) => text !== undefined && text !== "" && text !== 0);
    const { children } = shown.facts;
    if (children.length !== rows.length) {
      shown.facts.replaceChildren(...rows.map(() => make("div", {}, make("dt"), make("dd"))));
    }
    rows.forEach(([name, text], i) => {
      say(children[i].firstChild, name);
      say(children[i].lastChild, text);
    });
  }

  // The timeline of the user, as the server remembers it.
  async function lookBack(shown) {
    if (!shown.user) return;
    const path = `/api/v1/users/${encodeURIComponent(shown.user)}/timeline`;
    const { items } = await call("GET", path).catch(() => ({ items: [] }));
    if (shown !== current) return;
    const entries = [...items.slice(-50).map(entryOf), ...shown.happenings]
      .sort((a, b) => a.at < b.at ? -1 : a.at > b.at ? 1 : 0).reverse();
    const text = JSON.stringify(entries);
    shown.happened.hidden = entries.length === 0;
    if (shown.timeline.dataset.shown === text) return;
    shown.timeline.dataset.shown = text;
    shown.timeline.replaceChildren(...entries.map((entry) => lineOf(entry, shown.id)));
  }

  return {
    show,
    hide,
    remember: (item) => item.endedAt !== undefined && known.set(item.id, item),
    /** Takes each event of the server. */
    tell(kind, event) {
      if (current === null || event.session !== current.id) return;
      if (kind !== "connected" && kind !== "ended") {
        current.happenings.push({
          at: event.at,
          event: kind,
          session: event.session,
          more: moreOf(event),
        });
        if (current.happenings.length > 50) current.happenings.shift();
      }
      if (current.isLive) look(current);
    },
  };
}

function entryOf({ at, event, session, address, client, ended }) {
  const more = ended === undefined
    ? `from ${address}${client === "" ? "" : `, ${client}`}`
    : `${ended.name} by ${ended.by} after ${duration(ended.durationMs)}${
      ended.message === "" ? "" : `: ${ended.message}`
    }`;
  return { at, event, session, more };
}

function lineOf({ at, event, session, more }, id) {
  return make(
    "li",
    { class: session === id ? "this" : "" },
    make("time", { datetime: at }, clockTime(at)),
    make("b", {}, event),
    make("span", {}, more),
  );
}
