// Does what was typed: each command once, with a number, and what came of it is shown.

import { encodeText } from "../../base/text.ts";
import type { Client } from "../../client/client.ts";
import { parseDuration } from "../../config/duration.ts";
import { shown } from "../../config/shown.ts";
import { ROUTE_BYTES_MAX } from "../../limits/client.ts";
import type { Clock } from "../../transport/transport.ts";
import { bytesOf, type Typed } from "./commands.ts";
import type { Happening } from "./lines.ts";
import type { Questions } from "./questions.ts";

/** What stands for the default route, which has no name. */
const DEFAULT_ROUTE = "-";

/** Bytes that the server answered, the milliseconds a Pong took, or nothing to show. */
type Outcome = Uint8Array | number | void;

/** With whom and where. */
export interface Errands {
  readonly client: Client;
  readonly clock: Clock;
  readonly questions: Questions;
  show(happening: Happening): void;
}

/** Does it; resolves with whether it went well. */
export async function runErrand(
  errands: Errands,
  typed: Typed,
  number: number,
): Promise<boolean> {
  const { clock, show } = errands;
  const command = [typed.name, ...typed.words].join(" ").trimEnd();
  show({ event: "sent", number, command });
  const begun = clock.now();
  try {
    const outcome = await perform(errands, typed);
    if (typeof outcome === "number") show({ event: "pong", number, ms: outcome });
    else if (outcome === undefined) show({ event: "done", number, command });
    else show({ event: "response", number, ms: clock.now() - begun, body: outcome });
    return true;
  } catch (error) {
    show({ event: "error", number, command, error: error as Error });
    return false;
  }
}

async function perform(
  { client, clock, questions, show }: Errands,
  { name, words: [first = "", text = ""] }: Typed,
): Promise<Outcome> {
  switch (name) {
    case "send":
      return await client.request("", bytesOf(first));
    case "request":
      return await client.request(routeOf(first), bytesOf(text));
    case "notify":
      return client.notify(routeOf(first), bytesOf(text));
    case "join":
      return await client.join(first);
    case "leave":
      return await client.leave(first);
    case "publish":
      return await client.request("sys.publish", addressed(first, bytesOf(text)));
    case "tell":
      return await client.request("sys.tell", addressed(first, bytesOf(text)));
    case "answer":
      return questions.answer(Number(first), bytesOf(text));
    case "ping":
      return await client.ping();
    case "info":
      return await client.request("sys.info", "");
    case "state":
      return show({ event: "state", state: client.state });
    case "wait": {
      const ms = parseDuration(first);
      if (Number.isNaN(ms)) throw new Error(`Cannot wait ${shown(first)}: a time is like "5s"`);
      return await new Promise((resolve) => void clock.schedule(ms, resolve));
    }
    case "hex":
    case "help":
    case "quit":
      // What concerns the terminal is done there.
      return;
  }
}

function routeOf(word: string): string {
  return word === DEFAULT_ROUTE ? "" : word;
}

// `n | name | bytes`: what `sys.publish` and `sys.tell` begin with.
function addressed(name: string, bytes: Uint8Array): Uint8Array {
  const encoded = encodeText(name);
  if (encoded.length > ROUTE_BYTES_MAX) {
    throw new RangeError(`Cannot use a name longer than ${ROUTE_BYTES_MAX} bytes`);
  }
  return Uint8Array.from([encoded.length, ...encoded, ...bytes]);
}
