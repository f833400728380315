// One session as an application sees it: who it is, and what can be done with it.

import { assert } from "../base/assert.ts";
import { encodeText } from "../base/text.ts";
import { DATA_BYTES_MAX } from "../limits/messaging.ts";
import { disconnect } from "../session/ending.ts";
import type { Delivery } from "../session/owner.ts";
import type { Session } from "../session/session.ts";
import type { SessionState } from "../session/state.ts";
import type { Address } from "../transport/transport.ts";
import type { Application } from "./application.ts";
import { isGroupName } from "./groups.ts";
import { notificationOf } from "./message.ts";
import { bytesOf, type Payload } from "./payload.ts";
import { type AskOptions, question } from "./question.ts";

/** How a session is sent away. */
export interface KickOptions {
  /** What the client is told. */
  readonly message?: string;
  /** Milliseconds after which it may come back; without it, it is told to stay away. */
  readonly retryAfterMs?: number;
}

/**
 * A session. Handles stay valid after it ended; then they do nothing.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { connect, createServer } from "tcp-server";
 *
 * const server = await createServer();
 * server.route("deploy", async (c) => {
 *   const answer = await c.session.request("confirm", "Really?", { timeoutMs: 2_000 });
 *   c.session.data = { confirmed: true };
 *   return answer;
 * });
 * const client = await connect({ address: server.listen({ host: "127.0.0.1", port: 0 }) });
 * client.on("request", ({ route }) => route === "confirm" ? "yes" : "no");
 * assert.equal(new TextDecoder().decode(await client.request("deploy", "")), "yes");
 * await client.close();
 * await server.drain();
 * ```
 */
export class SessionHandle {
  readonly #app: Application;
  readonly #session: Session;

  /** Not for users: `App.session()`, contexts, events and audiences give the handle of a session, the same one each time. */
  constructor(app: Application, session: Session) {
    this.#app = app;
    this.#session = session;
  }

  /** A UUID; a session that is resumed keeps it. */
  get id(): string {
    return this.#session.id;
  }

  /** Its user id, at most 128 characters, as the client says; empty: nobody in particular. */
  get user(): string {
    return this.#session.user;
  }

  /** Product and version of the client, as it says, at most 64 characters; empty: it did not. */
  get client(): string {
    return this.#session.client;
  }

  /** Labels for filters, as the client says: at most 16, of at most 64 characters. */
  get tags(): Readonly<Record<string, string>> {
    return this.#session.tags;
  }

  /** Where its connection comes from, or came from. */
  get address(): Address {
    return this.#session.peer;
  }

  /** Where it stands in its life. */
  get state(): SessionState {
    return this.#session.state;
  }

  /** Whether it is past its handshake and has not ended. */
  get isOpen(): boolean {
    return this.#session.isOpen;
  }

  /** Milliseconds since it was past its handshake. */
  get openForMs(): number {
    return this.#session.owner.now - this.#session.openedAt;
  }

  /** Its smoothed round-trip time in milliseconds, to two places; null before the first Pong. */
  get rttMs(): number | null {
    const { roundTrip } = this.#session.heartbeat;
    return roundTrip === null ? null : Math.round(100 * roundTrip.smoothed) / 100;
  }

  /** Milliseconds of silence after which it is asked whether it is there. */
  get heartbeatMs(): number {
    return this.#session.heartbeat.intervalMs;
  }

  /** The names of the groups it is in, at most 64. A view, which changes as it joins and leaves. */
  get groups(): ReadonlySet<string> {
    return this.#session.groups ?? new Set();
  }

  /** What the application keeps with it: JSON of at most 16 KiB. Replaced as a whole; kept as long as the session. */
  get data(): Readonly<Record<string, unknown>> {
    return this.#session.data;
  }

  /** @throws {RangeError} If it is longer than that; the old data stays. */
  set data(data: Readonly<Record<string, unknown>>) {
    const bytes = encodeText(JSON.stringify(data)).length;
    if (bytes > DATA_BYTES_MAX) {
      throw new RangeError(
        `The data of a session is at most ${DATA_BYTES_MAX} bytes: not ${bytes}`,
      );
    }
    this.#session.data = data;
    this.#app.server.waiting.changed(this.#session);
  }

  /**
   * Sends a Notification on `route`; a client that does not speak routes gets the payload alone.
   *
   * @throws {Error} If the route is longer than 255 bytes, or the payload fits into no frame (16 MiB).
   */
  send(route: string, payload?: Payload): Delivery {
    const message = notificationOf(route, bytesOf(payload));
    return this.#app.server.turn(() => message(this.#session));
  }

  /**
   * Asks the client on `route`, and waits for its Response.
   *
   * @throws {RequestError} As a rejection: with the code the client answered, or `handler_timeout`; `cancelled` where the
   * session ended; `too_many_in_flight` where `requestsInFlight` questions wait for this client already.
   */
  request(route: string, payload?: Payload, options: AskOptions = {}): Promise<Uint8Array> {
    const bytes = bytesOf(payload);
    return this.#app.server.turn(() => question(this.#session, route, bytes, options));
  }

  /**
   * Joins a group, which is there as long as somebody is in it.
   *
   * @returns Whether it is in it now: false where the session has ended, or is in 64 groups already.
   * @throws {Error} If the name has no byte of UTF-8, or more than 255.
   */
  join(group: string): boolean {
    assert(isGroupName(group), "the name of a group has 1 to 255 bytes");
    return this.#app.groups.join(group, this.#session);
  }

  /** Leaves a group. @returns Whether it was in it. */
  leave(group: string): boolean {
    return this.#app.groups.leave(group, this.#session);
  }

  /** Sends the client away, as `kicked`: what is queued still goes out, and what runs is answered within `drainGraceMs`. */
  kick({ message = "The server ended the session", retryAfterMs }: KickOptions = {}): void {
    const reconnect = retryAfterMs === undefined ? "no" : "yes";
    this.#app.server.turn(() =>
      disconnect(this.#session, "kicked", "server", message, { reconnect, retryAfterMs })
    );
  }
}
