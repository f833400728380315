// The dashboard: who may see it, what is looked at how often, and which list the address of the page means.

import { call, forgetToken, readiness, Refused, storedToken, storeToken } from "./api.js";
import { makeClosed } from "./closed.js";
import { openBroadcast, openDrain } from "./dialogs.js";
import { makeDistributions } from "./distributions.js";
import { byId, say } from "./dom.js";
import { makeEvents } from "./events.js";
import { clockTime } from "./format.js";
import { makeOverview } from "./overview.js";
import { makePanel } from "./panel.js";
import { makeSessions } from "./sessions.js";

/** Milliseconds between two looks at the server, at the list in sight, and at the metrics. */
const LOOK_MS = 2000;
const LIST_MS = 3000;
const METRICS_MS = 10_000;

/** Milliseconds from an event to the list that shows it: a storm of them is one look. */
const EVENT_MS = 300;

const VIEWS = ["sessions", "closed", "events"];

/** Written into the history of the tab before the page starts anew. */
const REFUSED = "refused";

if (storedToken() !== null) enter();
else askForToken(history.state === REFUSED ? "The server does not take this token any more" : "");

function askForToken(why) {
  const login = byId("login");
  const error = byId("login-error");
  login.hidden = false;
  say(error, why);
  byId("token").focus();
  login.querySelector("form").onsubmit = async (event) => {
    event.preventDefault();
    const token = byId("token").value.trim();
    say(error, "");
    try {
      await call("GET", "/api/v1/server", { token });
      storeToken(token);
      history.replaceState(null, "");
      byId("token").value = "";
      login.hidden = true;
      enter();
    } catch (failure) {
      say(error, failure instanceof Refused ? failure.message : "Cannot reach the admin API");
      byId("token").select();
    }
  };
}

function leave() {
  forgetToken();
  // A new page: nothing of what was seen stays in memory.
  location.replace(location.pathname);
}

function enter() {
  byId("inside").hidden = false;
  let latest = null;
  let drains = false;
  let lostSince = null;
  const update = makeOverview();
  const updateDistributions = makeDistributions();
  const panel = makePanel({ close: () => location.hash = viewOf(location.hash) });
  const lists = {
    sessions: makeSessions({ remember: panel.remember, openBroadcast }),
    closed: makeClosed({ remember: panel.remember }),
  };
  let looking = null;
  makeEvents({
    onEvent(kind, event) {
      panel.tell(kind, event);
      looking ??= setTimeout(async () => {
        await lookAtList();
        looking = null;
      }, EVENT_MS);
    },
  });

  repeat(LOOK_MS, async () => {
    let answers;
    try {
      answers = await Promise.all([call("GET", "/api/v1/server"), readiness()]);
    } catch (error) {
      if (error.status !== 401) return lost(error);
      forgetToken();
      history.replaceState(REFUSED, "");
      return location.reload();
    }
    [latest] = answers;
    lostSince = null;
    byId("lost").hidden = true;
    drains ||= latest.state === "draining";
    update(...answers);
    lists.closed.count(latest.counts.closed);
  });
  repeat(METRICS_MS, async () => updateDistributions(await call("GET", "/metrics")));
  repeat(LIST_MS, lookAtList);

  async function lookAtList() {
    if (!document.hidden) await lists[viewOf(location.hash)]?.refresh();
  }

  function lost(error) {
    lostSince ??= new Date().toISOString();
    const what = error instanceof Refused
      ? `The admin API fails (${error.message})`
      : "The admin API cannot be reached";
    const why = drains ? " The server was draining: it has probably ended." : "";
    const banner = byId("lost");
    const since = clockTime(lostSince);
    say(banner, `${what} since ${since}: what stands here is from before.${why} Trying again.`);
    banner.hidden = false;
  }

  function follow() {
    const view = viewOf(location.hash);
    for (const name of VIEWS) {
      byId(`view-${name}`).hidden = name !== view;
      const link = document.querySelector(`nav a[href="#${name}"]`);
      if (name === view) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    lists[view]?.refresh();
    const session = /^#\w+\/session\/(.+)$/.exec(location.hash)?.[1];
    if (session === undefined) panel.hide();
    else panel.show(decodeURIComponent(session));
  }

  addEventListener("hashchange", follow);
  follow();
  byId("log-out").addEventListener("click", leave);
  byId("open-drain").addEventListener("click", () => {
    openDrain(latest?.sessions.total ?? 0, () => drains = true);
  });
}

/** The list that the address of the page means. */
function viewOf(hash) {
  const name = /^#(\w+)/.exec(hash)?.[1];
  return VIEWS.includes(name) ? name : VIEWS[0];
}

/** Works now and then, and never twice at a time. */
async function repeat(everyMs, work) {
  for (;;) {
    // What failed does not keep the next time from doing better.
    await work().catch(console.error);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
