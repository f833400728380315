// The client as programs use it: calls that promise an answer, and events. What happens to them on the way is decided
// in conversation.ts.

import { encodeText } from "../base/text.ts";
import { FrameType } from "../codec/frame.ts";
import { CLIENT_BOUNDS, ROUTE_BYTES_MAX } from "../limits/client.ts";
import type { RequestHandler } from "./answers.ts";
import { Conversation } from "./conversation.ts";
import { refusal, RequestError } from "./errors.ts";
import type { ClientEvents, ClientState, EventName } from "./events.ts";
import { type ClientOptions, type Settings, settle } from "./options.ts";
import type { Platform } from "./platform.ts";

/** What one request may choose. */
export interface RequestOptions {
  /** Milliseconds until it fails with `handler_timeout`, reconnecting included. @default requestTimeoutMs of the client */
  readonly timeoutMs?: number;
  /** Gives it up, and rejects with the signal's reason. The server may run it all the same. */
  readonly signal?: AbortSignal;
  /**
   * Whether it may run twice: where the session it was sent in is gone without an answer, it is sent again in the
   * next one. Otherwise it then fails with `answer_lost`. @default false
   */
  readonly retryUnanswered?: boolean;
}

/** What a message carries: bytes, or text as UTF-8. It is copied, so the memory may be used again at once. */
export type Body = Uint8Array | string;

/**
 * A connection to one server that comes back by itself.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { connect, createServer } from "tcp-server";
 *
 * const server = await createServer();
 * server.route("add", (c) => void server.broadcast(`one more: ${c.text()}`));
 * const client = await connect({ address: server.listen({ host: "127.0.0.1", port: 0 }) });
 * const heard = new Promise<Uint8Array>((resolve) => client.on("broadcast", ({ body }) => resolve(body)));
 * client.notify("add", "tea");
 * assert.equal(new TextDecoder().decode(await heard), "one more: tea");
 * assert.ok(await client.ping() >= 0);
 * await client.close();
 * await server.drain();
 * ```
 */
export class Client {
  readonly #conversation: Conversation;
  readonly #settings: Settings;
  readonly #platform: Platform;

  /** Connects at once; `connect()` knows the platform. @throws {RangeError} If an option is out of its bounds. */
  constructor(options: ClientOptions, platform: Platform) {
    this.#settings = settle(options);
    this.#platform = platform;
    this.#conversation = new Conversation(this.#settings, platform);
  }

  /** Where it stands. */
  get state(): ClientState {
    return this.#conversation.state;
  }

  /** Requests without an answer, at most `framesMax`. */
  get running(): number {
    return this.#conversation.requests.size;
  }

  /**
   * Bytes of what waits to be sent and of requests without an answer, at most `bytesMax`: a producer that is too quick
   * sees them grow.
   */
  get queuedBytes(): number {
    return this.#conversation.outbox.bytes;
  }

  /** Resolves once a session is open; rejects, with why, when the client closes before. */
  ready(): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (state: ClientState): boolean => {
        if (state.state === "open") resolve();
        else if (state.state === "closed") reject(closedError(state));
        else return false;
        return true;
      };
      if (look(this.state)) return;
      const off = this.on("state", (state) => void (look(state) && off()));
    });
  }

  /**
   * Asks, and resolves with the Response.
   *
   * @param route Dot-separated words, at most 255 bytes; empty for the server's default route.
   * @throws {RequestError} As a rejection: the server's Error, or why there is no answer; see docs/CLIENT.md.
   * @throws {RangeError} As a rejection: if the route or `timeoutMs` is out of its bounds.
   */
  request(route: string, body: Body, options: RequestOptions = {}): Promise<Uint8Array> {
    const { timeoutMs = this.#settings.requestTimeoutMs, signal, retryUnanswered = false } =
      options;
    return new Promise((resolve, reject) => {
      checkTimeout(timeoutMs);
      signal?.throwIfAborted();
      const { requests } = this.#conversation;
      const frame = this.#checked(route, body);
      const abort = () => requests.reject(waiting, signal!.reason);
      const done = () => signal?.removeEventListener("abort", abort);
      const waiting = requests.add(frame.route, frame.body, timeoutMs, retryUnanswered, {
        resolve: (answer) => (done(), resolve(answer)),
        reject: (error) => (done(), reject(error)),
      });
      signal?.addEventListener("abort", abort);
      this.#conversation.flushSoon();
    });
  }

  /**
   * Tells without an answer. One that was handed to a connection when that broke may be lost.
   *
   * @throws {RequestError} If it cannot even be queued.
   * @throws {RangeError} If the route is longer than 255 bytes.
   */
  notify(route: string, body: Body): void {
    const frame = this.#checked(route, body);
    const notification = {
      type: FrameType.Notification,
      idHigh: 0,
      idLow: 0,
      ...frame,
      sent: false,
    };
    if (!this.#conversation.outbox.add(notification)) {
      throw refusal("too_many_in_flight", `No room to queue ${frame.body.length} bytes more`);
    }
    this.#conversation.flushSoon();
  }

  /**
   * Joins a group of 1 to 255 bytes: its Broadcasts come as events from then on, for as long as the session lives.
   *
   * @throws {RequestError} As a rejection: `route_forbidden` where the server does not allow it, 3429 after 64 groups.
   */
  async join(group: string, options?: RequestOptions): Promise<void> {
    await this.request("sys.join", group, options);
  }

  /** Leaves a group; resolves too where it was not in it. @throws {RequestError} As a rejection, see `request()`. */
  async leave(group: string, options?: RequestOptions): Promise<void> {
    await this.request("sys.leave", group, options);
  }

  /**
   * Sends a Broadcast to a group; resolves once the server has taken it.
   *
   * @throws {RequestError} As a rejection: `route_forbidden` where the server does not allow it.
   */
  async publish(group: string, body: Body, options?: RequestOptions): Promise<void> {
    const name = encodeName("group", group);
    const bytes = bytesOf(body);
    const payload = new Uint8Array(1 + name.length + bytes.length);
    payload[0] = name.length;
    payload.set(name, 1);
    payload.set(bytes, 1 + name.length);
    await this.request("sys.publish", payload, options);
  }

  /**
   * Sends a Ping; resolves with the milliseconds until its Pong.
   *
   * @throws {RequestError} As a rejection: `transport_lost` where there is no connection, or it breaks before.
   */
  ping(): Promise<number> {
    return new Promise((resolve, reject) => {
      const { pings } = this.#conversation;
      const at = this.#platform.clock.now();
      if (!this.#conversation.ping()) throw refusal("transport_lost", "There is no connection");
      pings.expect(pings.lastId, { at, resolve, reject });
    });
  }

  /** Calls `listener` with each event; the returned function takes it off again. */
  on<Name extends EventName>(name: Name, listener: (event: ClientEvents[Name]) => void): () => void;
  /** Answers the server's requests; there is one handler at a time. @throws {Error} If there is one already. */
  on(name: "request", handler: RequestHandler): () => void;
  on(name: EventName | "request", listener: RequestHandler | ((event: never) => void)): () => void {
    const { answers, events } = this.#conversation;
    if (name !== "request") return events.on(name, listener as () => void);
    if (answers.handler !== null) throw new Error("Cannot add a second handler of requests");
    answers.handler = listener as RequestHandler;
    return () => void (answers.handler = null);
  }

  /**
   * Ends for good: sends what is queued, then Disconnect, and resolves when the socket is gone (at the latest after
   * 5 s). Requests without an answer by then fail.
   */
  close(): Promise<void> {
    return new Promise((resolve) => {
      const off = this.on("state", ({ state }) => {
        if (state !== "closed") return;
        off();
        resolve();
      });
      this.#conversation.close();
      if (this.state.state === "closed") resolve();
    });
  }

  #checked(route: string, body: Body): { route: Uint8Array; body: Uint8Array } {
    this.#conversation.checkOpen();
    const frame = { route: encodeName("route", route), body: bytesOf(body) };
    this.#conversation.checkFrame(frame);
    return frame;
  }
}

function closedError({ reason }: ClientState & { state: "closed" }): RequestError {
  return new RequestError(reason.code, reason.name, reason.message, reason.by);
}

function checkTimeout(timeoutMs: number): void {
  const { min, max } = CLIENT_BOUNDS.requestTimeoutMs;
  if (timeoutMs >= min && timeoutMs <= max) return;
  throw new RangeError(`Cannot wait ${timeoutMs} ms: timeoutMs must be from ${min} to ${max}`);
}

function encodeName(what: string, name: string): Uint8Array {
  const bytes = encodeText(name);
  if (bytes.length <= ROUTE_BYTES_MAX) return bytes;
  const length = `it has ${bytes.length} bytes`;
  throw new RangeError(`Cannot use a ${what} longer than ${ROUTE_BYTES_MAX} bytes: ${length}`);
}

function bytesOf(body: Body): Uint8Array {
  return typeof body === "string" ? encodeText(body) : new Uint8Array(body);
}
