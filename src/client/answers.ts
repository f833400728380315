// Requests of the server: each is handed to the program once, and answered as often as it is asked.

import { NO_BYTES } from "../base/bytes.ts";
import { decodeText, encodeText } from "../base/text.ts";
import type { CodeName } from "../codec/codes.ts";
import { encodeEnd } from "../codec/end_payload.ts";
import { type Frame, FrameType } from "../codec/frame.ts";
import { ANSWERING_MAX, ANSWERS_KEPT_BYTES_MAX, ANSWERS_KEPT_MAX } from "../limits/client.ts";
import type { Incoming } from "./events.ts";
import type { Outgoing } from "./outbox.ts";

/** What a request handler may return: bytes, text, or nothing for an empty Response. */
export type Reply = Uint8Array | string | void;

/**
 * Answers Requests of the server, at most 1024 at once. What it throws is not told to the server, only that it failed
 * (`handler_failed`).
 */
export type RequestHandler = (request: Incoming) => Reply | Promise<Reply>;

/**
 * After a resume the server asks again what it had no answer to. Answers given are kept for that, within bounds: a
 * Request that is older than what is kept would run again.
 */
export class Answers {
  handler: RequestHandler | null = null;
  readonly #send: (frame: Outgoing) => void;
  readonly #running = new Set<string>();
  readonly #kept = new Map<string, Outgoing>();
  #keptBytes = 0;
  // Told apart from those of earlier sessions, whose answers nobody wants.
  #session = 0;

  constructor(send: (frame: Outgoing) => void) {
    this.#send = send;
  }

  /** A Request of the server, with its route taken off. */
  ask({ idHigh, idLow }: Frame, incoming: Incoming): void {
    const key = `${idHigh}:${idLow}`;
    const kept = this.#kept.get(key);
    if (kept !== undefined) return this.#send({ ...kept, sent: false });
    if (this.#running.has(key)) return;
    const session = this.#session;
    const answer = (type: FrameType, body: Uint8Array) => {
      if (session !== this.#session) return;
      this.#running.delete(key);
      this.#keep(key, { type, idHigh, idLow, route: null, body, sent: false });
    };
    const fail = (name: CodeName, why: string) => answer(FrameType.Error, encodeEnd(name, why));
    if (this.handler === null) return fail("no_route", "This client answers no requests");
    if (this.#running.size >= ANSWERING_MAX) {
      return fail("too_many_in_flight", `This client already answers ${ANSWERING_MAX} requests`);
    }
    this.#running.add(key);
    run(this.handler, incoming).then(
      (body) => answer(FrameType.Response, body),
      () => fail("handler_failed", "The client's handler failed"),
    );
  }

  /** Another session begins: its Requests are others. */
  forget(): void {
    this.#session++;
    this.#running.clear();
    this.#kept.clear();
    this.#keptBytes = 0;
  }

  #keep(key: string, frame: Outgoing): void {
    this.#kept.set(key, frame);
    this.#keptBytes += frame.body.length;
    for (const [oldest, { body }] of this.#kept) {
      if (this.#kept.size <= ANSWERS_KEPT_MAX && this.#keptBytes <= ANSWERS_KEPT_BYTES_MAX) break;
      this.#kept.delete(oldest);
      this.#keptBytes -= body.length;
    }
    this.#send({ ...frame });
  }
}

// A handler that throws at once and one whose promise is rejected fail alike.
async function run(handler: RequestHandler, incoming: Incoming): Promise<Uint8Array> {
  const answer = await handler(incoming);
  if (answer === undefined) return NO_BYTES;
  return typeof answer === "string" ? encodeText(answer) : new Uint8Array(answer);
}

/** Takes the route off a payload, where there is one; undefined where it reaches past the payload. */
export function readIncoming(payload: Uint8Array, routed: boolean): Incoming | undefined {
  if (!routed) return { route: "", body: new Uint8Array(payload) };
  const start = 1 + (payload[0] ?? 0);
  if (start > payload.length) return undefined;
  const route = decodeText(payload.subarray(1, start));
  return route === undefined ? undefined : { route, body: new Uint8Array(payload.subarray(start)) };
}
