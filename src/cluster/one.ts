// Messages to one session, wherever it is: its id tells the node, which knows of those that went elsewhere.

import type { Bus, Message } from "../bus/bus.ts";
import { seal, unseal } from "../bus/envelope.ts";
import type { CodeName } from "../codec/codes.ts";
import { refusal, RequestError } from "../codec/request_error.ts";
import { BUS_DEADLINE_MS } from "../limits/bus.ts";
import type { Application } from "../messaging/application.ts";
import { checkSendable } from "../messaging/message.ts";
import { bytesOf } from "../messaging/payload.ts";
import type { SessionReference } from "../messaging/remote.ts";
import { disconnect, expire } from "../session/ending.ts";
import type { Session } from "../session/session.ts";
import { sealToSession, SESSION, type ToSession } from "./letters.ts";
import { type Moves, REFUSAL } from "./moves.ts";
import type { Places } from "./places.ts";
import type { Transit } from "./transit.ts";

type Arrived = ToSession & { bytes: Uint8Array };

/** What is said of a question that was not answered, or of one that was: then its bytes follow. */
type AskReply =
  | { readonly error?: undefined }
  | { readonly error: { code: number; name: string; message: string; by: "server" | "client" } };

/** An answer that only says that there was somebody. */
const DONE = seal({});

/** The part of a node that reaches single sessions, and acts for others on its own. */
export class One {
  readonly #app: Application;
  readonly #bus: Bus;
  readonly #places: Places;
  readonly #moves: Moves;
  readonly #transit: Transit;

  constructor(app: Application, bus: Bus, places: Places, moves: Moves, transit: Transit) {
    this.#app = app;
    this.#bus = bus;
    this.#places = places;
    this.#moves = moves;
    this.#transit = transit;
    bus.subscribe(SESSION, (message) => app.actFor(() => this.#act(message)));
    bus.serve(SESSION, async (message) => {
      const reply = await this.#act(message);
      // Nobody has it: a rejection is how nothing is answered.
      if (reply === undefined) throw new Error("The session is not here");
      return reply;
    });
  }

  /** The session with this id, which is not here; undefined where nobody can have it. */
  session(id: string): SessionReference | undefined {
    return this.#places.nodeFor(id) === undefined ? undefined : this.refer(id);
  }

  /** What can be done with it from here. */
  refer(id: string): SessionReference {
    return {
      id,
      send: (route, payload) => {
        const bytes = bytesOf(payload);
        checkSendable(route, bytes);
        return this.tell({ op: "send", id, route }, bytes) ? "queued" : "gone";
      },
      request: (route, payload, { timeoutMs = this.#app.limits.requestTimeoutMs, signal } = {}) => {
        const bytes = bytesOf(payload);
        checkSendable(route, bytes);
        const asked = this.#ask({ op: "ask", id, route, timeoutMs }, bytes, timeoutMs);
        if (signal === undefined) return asked;
        return Promise.race([asked, aborted(signal)]);
      },
      kick: (options = {}) => void this.tell({ op: "kick", id, ...options }),
    };
  }

  /** Sends `letter` to where the session is; false where nobody can have it. */
  tell(letter: ToSession, bytes?: Uint8Array): boolean {
    const node = this.#places.nodeFor(letter.id);
    if (node === undefined) return false;
    this.#bus.publish(SESSION, sealToSession(letter, bytes), node);
    return true;
  }

  async #ask(letter: ToSession, bytes: Uint8Array, timeoutMs: number): Promise<Uint8Array> {
    const node = this.#places.nodeFor(letter.id);
    const message = sealToSession(letter, bytes);
    const replies = node === undefined
      ? []
      : await this.#bus.request(SESSION, message, node, timeoutMs + BUS_DEADLINE_MS);
    if (replies.length === 0) throw cancelled();
    const reply = unseal<AskReply>(replies[0]!.message);
    if (reply.error === undefined) return reply.bytes.slice();
    const { code, name, message: text, by } = reply.error;
    throw new RequestError(code, name, text, by);
  }

  // Does what a message says, here or by passing it on; undefined where nobody has the session.
  async #act(message: Message): Promise<Message | undefined> {
    const letter = unseal<ToSession>(message);
    const { id, op, bytes } = letter;
    if (op === "replied") {
      this.#moves.replied(id, bytes);
      return DONE;
    }
    if (op === "landed") {
      this.#transit.hasLanded(id);
      return DONE;
    }
    const arrival = this.#moves.arrival(id);
    if (arrival !== undefined && op !== "take") await arrival;
    const { server } = this.#app;
    const session = server.registry.get(id) ?? server.waiting.registry.get(id);
    if (session !== undefined) return await this.#actOn(session, letter);
    const node = this.#places.nodeFor(id);
    if (node === undefined || letter.isForwarded) return op === "take" ? REFUSAL : undefined;
    const { bytes: _, ...fields } = letter;
    const forwarded = sealToSession({ ...fields, isForwarded: true } as ToSession, bytes);
    const deadlineMs = BUS_DEADLINE_MS + (op === "ask" ? letter.timeoutMs ?? 0 : 0);
    const [reply] = await this.#bus.request(SESSION, forwarded, node, deadlineMs);
    return reply?.message;
  }

  async #actOn(session: Session, letter: Arrived): Promise<Message | undefined> {
    const { server } = this.#app;
    const handle = this.#app.handleOf(session);
    const { bytes } = letter;
    switch (letter.op) {
      case "send":
        handle.send(letter.route, bytes);
        return DONE;
      case "ask":
        return await answerOf(handle.request(letter.route, bytes, letter));
      case "kick":
        handle.kick(letter);
        return DONE;
      case "replace":
        server.turn(() => {
          if (session.state === "waiting") expire(session);
          else disconnect(session, "replaced", "server", "The same user came again");
        });
        return DONE;
      case "heard":
        this.#transit.heard(this.#app, session, letter.key, letter.route, bytes);
        return DONE;
      case "push":
        server.turn(() => session.push(bytes.slice()));
        return DONE;
      case "answer":
        this.#moves.answer(session, bytes.slice());
        return DONE;
      case "take":
        return this.#moves.give(session, letter);
      case "landed":
      case "replied":
        return undefined;
    }
  }
}

async function answerOf(asked: Promise<Uint8Array>): Promise<Message> {
  try {
    return seal({}, await asked);
  } catch (error) {
    const { code, name, message, by } = error as RequestError;
    return seal({ error: { code, name, message, by } });
  }
}

function cancelled(): RequestError {
  const name: CodeName = "cancelled";
  return refusal(name, "The session's worker did not answer, or nobody has it", "server");
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(cancelled());
    signal.addEventListener("abort", () => reject(cancelled()));
  });
}
