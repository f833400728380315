// What is seen first: the state of the server, and six plots of the last five minutes.

import { byId, say } from "./dom.js";
import { bytes, duration, number, several } from "./format.js";
import { History } from "./history.js";
import { makePlot } from "./plot.js";
import { showWorkers } from "./workers.js";

const REASONS = {
  starting: "it starts",
  draining: "it drains",
  worker_down: "a worker is down, or does not answer",
  over_budget: "a memory budget is nearly used up",
};

/** Puts the plots onto the page; what comes back takes each new sample. */
export function makeOverview() {
  const history = new History();
  const plots = PLOTS.map(({ title, series = [""], format, read, explains, rate }) => {
    const plot = makePlot(title, series, format);
    const reads = [read].flat();
    byId("plots").append(plot.node);
    return (server) => {
      const points = reads.map((each) =>
        rate === undefined ? history.values(each) : history.rates(each, rate)
      );
      const values = points.map((each) => each.at(-1)?.[1] ?? null)
        .map((value) => value === null ? "–" : format(value));
      plot.update(points, values, explains(server));
    };
  });
  return (server, readiness) => {
    history.add(server);
    for (const update of plots) update(server);
    showHeader(server, readiness);
  };
}

function showHeader(server, { ready, reasons }) {
  const { node, version, runtime, uptimeMs, listening } = server;
  const state = byId("readiness");
  say(
    state,
    ready ? "Ready" : `Not ready: ${reasons.map((name) => REASONS[name] ?? name).join(", ")}`,
  );
  state.classList.toggle("bad", !ready);
  say(byId("node"), node);
  const port = listening === null ? "" : `port ${listening.port} · `;
  say(
    byId("about"),
    `${port}${version} on ${runtime} · up ${duration(1000 * Math.floor(uptimeMs / 1000))}`,
  );
  showWorkers(server.workers);
  byId("open-drain").disabled = server.state === "draining";
  say(byId("sessions-count"), number(server.sessions.total));
  document.title = `${number(server.sessions.total)} · ${node} · tcp-server`;
}

function sum(counts) {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

const PER_SECOND = { perMs: 1000, overMs: 0 };

/** Clients come and go one by one: seen over two seconds that is a comb. */
const PER_MINUTE = { perMs: 60_000, overMs: 30_000 };

const PLOTS = [
  {
    title: "Sessions",
    format: number,
    read: ({ sessions }) => sessions.total,
    explains({ sessions, headroom }) {
      const { total: _, ...states } = sessions;
      const parts = Object.entries(states).filter(([, count]) => count > 0)
        .map(([state, count]) => `${number(count)} ${state}`);
      return [...parts, `room for ${number(headroom)}`].join(" · ");
    },
  },
  {
    title: "Coming and going per minute",
    series: ["come", "go"],
    rate: PER_MINUTE,
    format: number,
    read: [({ counts }) => counts.accepted, ({ counts }) => sum(counts.closed)],
    explains: ({ counts }) =>
      `${number(counts.accepted)} came, ${number(sum(counts.refused))} were refused`,
  },
  {
    title: "Frames per second",
    series: ["in", "out"],
    rate: PER_SECOND,
    format: number,
    read: [({ counts }) => sum(counts.framesReceived), ({ counts }) => sum(counts.framesSent)],
    explains: ({ counts }) => `${several(sum(counts.errors), "Error")} sent since the start`,
  },
  {
    title: "Bytes per second",
    series: ["in", "out"],
    rate: PER_SECOND,
    format: bytes,
    read: [({ counts }) => counts.bytesReceived, ({ counts }) => counts.bytesSent],
    explains: ({ counts }) =>
      `${bytes(counts.bytesReceived)} in, ${bytes(counts.bytesSent)} out in all`,
  },
  {
    title: "Held for clients",
    format: bytes,
    read: ({ memory }) => memory.outboundBytes,
    explains: ({ memory }) => `unsent or unconfirmed, of ${bytes(memory.outboundBudgetBytes)}`,
  },
  {
    title: "Memory",
    format: bytes,
    read: ({ memory }) => memory.residentBytes,
    explains: ({ eventLoopLagMs }) => `timers at most ${duration(eventLoopLagMs)} late`,
  },
];
