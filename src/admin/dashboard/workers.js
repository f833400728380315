// The workers of the server, one line each: how many sessions, how late. Nothing where there is only one.

import { byId, make, say } from "./dom.js";
import { duration, several } from "./format.js";

const STATES = {
  starting: "starts",
  draining: "drains",
  drained: "has drained",
  silent: "does not answer",
  down: "is down and is started again",
};

/** Shows `workers`, as the state of the server has them. */
export function showWorkers(workers) {
  const list = byId("workers");
  list.hidden = workers.length < 2;
  while (list.children.length > workers.length) list.lastChild.remove();
  while (list.children.length < workers.length) list.append(make("li"));
  for (const [i, worker] of workers.entries()) {
    const line = list.children[i];
    line.classList.toggle("bad", worker.state === "silent" || worker.state === "down");
    say(line, describe(worker));
  }
}

/** What is said of one. */
export function describe({ node, state, sessions, eventLoopLagMs, restarts }) {
  const parts = [
    state === "running" ? null : STATES[state] ?? state,
    sessions === null ? null : several(sessions, "session"),
    eventLoopLagMs === null ? null : `timers at most ${duration(eventLoopLagMs)} late`,
    restarts === 0 ? null : several(restarts, "restart"),
  ];
  return `Worker ${node}: ${parts.filter((part) => part !== null).join(", ")}`;
}
