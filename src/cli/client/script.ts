// The client without a person: commands given with -c or piped in, one after the other, until one fails.

import type { Client } from "../../client/client.ts";
import { LINE_CHARS_MAX } from "../../limits/terminal_client.ts";
import type { Host } from "../../transport/host.ts";
import { readTyped, TYPED_COMMANDS, usageOf } from "./commands.ts";
import { type Errands, runErrand } from "./errands.ts";
import { bareLines, type Happening, jsonLine, reasonText } from "./lines.ts";
import { Questions } from "./questions.ts";
import { EXIT_CODE } from "../exit_code.ts";

/** Has everything shown that happens to `client`; gives the questions that wait. */
export function listen(
  client: Client,
  show: (happening: Happening) => void,
): { questions: Questions } {
  const questions = new Questions((id, incoming) => show({ event: "question", id, ...incoming }));
  client.on("request", (incoming) => questions.ask(incoming));
  client.on("notification", (incoming) => show({ event: "notification", ...incoming }));
  client.on("broadcast", ({ body }) => show({ event: "broadcast", body }));
  client.on("state", (state) => show({ event: "state", state }));
  client.on("gap", (gap) => {
    // The questions of a session that is gone have nobody to hear an answer.
    if (gap.fresh) questions.forget();
    show({ event: "gap", gap });
  });
  return { questions };
}

/** Runs the lines; resolves with the exit code. */
export async function runScript(
  host: Host,
  client: Client,
  lines: AsyncIterable<string> | Iterable<string>,
  asJson: boolean,
): Promise<number> {
  const view = { hex: false };
  const show = (happening: Happening) => {
    if (asJson) return void host.stdout(`${jsonLine(happening, new Date())}\n`);
    if (happening.event === "state") return;
    const text = bareLines(happening, view.hex).map((line) => `${line}\n`).join("");
    if (happening.event === "error") host.stderr(text);
    else host.stdout(text);
  };
  const errands: Errands = { client, clock: host.clock, ...listen(client, show), show };
  const ended = endOf(host, client);
  try {
    const begun = await Promise.race([opened(client), ended]);
    if (begun !== true) throw new Error(begun);
    const outcome = await Promise.race([runLines(host, errands, lines, view), ended]);
    if (typeof outcome === "string") throw new Error(outcome);
    return outcome ? EXIT_CODE.ok : EXIT_CODE.failed;
  } catch (error) {
    host.stderr(`${(error as Error).message}\n`);
    return EXIT_CODE.failed;
  } finally {
    await client.close();
  }
}

// Whether all went well.
async function runLines(
  host: Host,
  errands: Errands,
  lines: AsyncIterable<string> | Iterable<string>,
  view: { hex: boolean },
): Promise<boolean> {
  let number = 0;
  for await (const line of lines) {
    const typed = readTyped(line);
    if (typed === undefined) continue;
    if ("error" in typed) throw new Error(typed.error);
    if (typed.name === "quit") return true;
    if (typed.name === "hex") view.hex = typed.words[0] === "on";
    else if (typed.name === "help") host.stderr(`${TYPED_COMMANDS.map(usageOf).join("\n")}\n`);
    else if (!await runErrand(errands, typed, ++number)) return false;
  }
  return true;
}

// True with the first session; else why there is none. A script does not wait for a server that is not there.
function opened(client: Client): Promise<true | string> {
  return new Promise((resolve) => {
    const off = client.on("state", (state) => {
      if (state.state === "connecting") return;
      off();
      resolve(state.state === "open" ? true : reasonText(state.reason));
    });
  });
}

// Why a script cannot go on: the client is closed for good, or somebody wants the end.
function endOf(host: Host, client: Client): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      host.onSignal(signal, () => resolve("Interrupted"));
    }
    client.on("state", (state) => {
      if (state.state === "closed") resolve(reasonText(state.reason));
    });
  });
}

/** Chunks of text as lines. @throws {Error} If one is too long to be meant. */
export async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let begun = "";
  for await (const chunk of chunks) {
    const lines = (begun + chunk).split("\n");
    begun = lines.pop()!;
    yield* lines.map((line) => line.replace(/\r$/, ""));
    if (begun.length > LINE_CHARS_MAX) {
      throw new Error(`Cannot read a line longer than ${LINE_CHARS_MAX} characters`);
    }
  }
  if (begun !== "") yield begun;
}
