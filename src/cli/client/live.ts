// The client at a terminal: a prompt for commands, what happens above it, and the way back when the connection is lost.

import type { Client } from "../../client/client.ts";
import type { ClientState } from "../../client/events.ts";
import type { Host } from "../../transport/host.ts";
import { readTyped, TYPED_COMMANDS } from "./commands.ts";
import { type Errands, runErrand } from "./errands.ts";
import { type Happening, livelyLines } from "./lines.ts";
import { type Label, Prompt } from "./prompt.ts";
import { listen } from "./script.ts";
import { EXIT_CODE } from "../exit_code.ts";

/** Milliseconds between two looks at the countdown. */
const COUNT_MS = 250;

/** What somebody sees first. */
const GREETING = 'Type "help" for what there is, Ctrl-C to leave';

/** Runs until somebody leaves, or the client is closed for good; resolves with the exit code. */
export function runLive(host: Host, client: Client): Promise<number> {
  const { promise, resolve: end } = Promise.withResolvers<number>();
  const view = { hex: false };
  let isLeaving = false;
  let stopCounting = () => {};
  let number = 0;

  const leave = () => {
    // Who asks twice does not want to wait for the server's goodbye.
    if (isLeaving) return end(EXIT_CODE.failed);
    isLeaving = true;
    prompt.label({ text: "leaving", color: "yellow" });
    client.close();
  };

  const prompt = new Prompt(host, { leave, line: (text) => enter(text), complete });
  const show = (happening: Happening) => {
    const { hasColors } = host.terminal()!;
    if (happening.event === "state") become(happening.state);
    if (isWorthALine(happening, isLeaving)) {
      prompt.print(livelyLines(happening, new Date(), { ...view, hasColors }));
    }
  };

  function become(state: ClientState): void {
    stopCounting();
    if (state.state === "closed") return end(isLeaving ? EXIT_CODE.ok : EXIT_CODE.failed);
    if (isLeaving) return;
    if (state.state === "waiting") return count(host.clock.now() + state.retryInMs);
    prompt.label(labelOf(state.state));
  }

  // Counts down to the next attempt before one's eyes.
  function count(until: number): void {
    const left = Math.max(0, Math.ceil((until - host.clock.now()) / 1000));
    prompt.label({ text: `back in ${left} s`, color: "red" });
    stopCounting = host.clock.schedule(COUNT_MS, () => count(until));
  }

  function enter(text: string): void {
    const typed = readTyped(text);
    if (typed === undefined || isLeaving) return;
    if ("error" in typed) return prompt.print([typed.error]);
    if (typed.name === "quit") return leave();
    if (typed.name === "help") return prompt.print(helpLines());
    if (typed.name === "hex") {
      view.hex = typed.words[0] === "on";
      return prompt.print([`Payloads are shown as ${view.hex ? "bytes" : "text"}`]);
    }
    void runErrand(errands, typed, ++number);
  }

  const errands: Errands = { client, clock: host.clock, ...listen(client, show), show };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) host.onSignal(signal, leave);
  prompt.print([GREETING]);
  become(client.state);
  return promise.finally(() => {
    stopCounting();
    prompt.close();
  });
}

// That it connects, or was told to leave, the prompt itself tells.
function isWorthALine(happening: Happening, isLeaving: boolean): boolean {
  if (happening.event !== "state") return true;
  return happening.state.state !== "connecting" && !isLeaving;
}

function labelOf(state: ClientState["state"]): Label {
  return state === "open" ? { text: "", color: "green" } : { text: state, color: "yellow" };
}

function helpLines(): string[] {
  return TYPED_COMMANDS.map(({ name, words, help }) =>
    `  ${[name, ...words].join(" ").padEnd(24)}${help}`
  ).concat(["  TEXT is the rest of the line; hex:00ff stands for bytes"]);
}

function complete(begin: string): string {
  const fits = TYPED_COMMANDS.filter(({ name }) => name.startsWith(begin));
  return begin !== "" && fits.length === 1 ? `${fits[0]!.name.slice(begin.length)} ` : "";
}
