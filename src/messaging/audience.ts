// Many sessions at once: everybody, a group, a user's. Sending to them, and asking them.

import type { RequestError } from "../codec/request_error.ts";
import type { Session } from "../session/session.ts";
import type { Application } from "./application.ts";
import { broadcastOf, type Message, notificationOf } from "./message.ts";
import { bytesOf, type Payload } from "./payload.ts";
import type { AskOptions } from "./question.ts";
import type { SessionHandle } from "./session_handle.ts";

/** Who of an audience is meant. */
export interface SelectOptions {
  /** Ids of sessions that are left out. */
  readonly except?: Iterable<string>;
  /** Who stays in. */
  readonly filter?: (session: SessionHandle) => boolean;
}

/** What became of a message to many. */
export interface Sent {
  /** Sessions that were meant, and are there: the sum of the others. */
  readonly matched: number;
  /** Those it waits for, or is on its way to. */
  readonly queued: number;
  /** Those that are behind: it waits, was dropped as `broadcastPolicy` says, or ended the session. */
  readonly slow: number;
}

/** How many are asked. */
export interface AskManyOptions extends AskOptions, SelectOptions {
  /** Ends with this many Responses; the rest of the questions are given up. All, unless given. */
  readonly first?: number;
}

/** What one of many answered: the bytes of its Response, or why there is none. */
export type Answer =
  | { readonly session: SessionHandle; readonly bytes: Uint8Array }
  | { readonly session: SessionHandle; readonly error: RequestError };

/**
 * Sessions that are reached together. It is a view: who is in it is found out at each call.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { connect, createServer } from "tcp-server";
 *
 * const server = await createServer();
 * const address = server.listen({ host: "127.0.0.1", port: 0 });
 * const clients = await Promise.all(["ann", "bob"].map((user) => connect({ address, user })));
 * for (const client of clients) client.on("request", () => "present");
 * await Promise.all(clients.map((client) => client.ready()));
 * const answers = await server.everyone.request("roll.call", "", { filter: ({ user }) => user !== "bob" });
 * assert.deepEqual(answers.map(({ session }) => session.user), ["ann"]);
 * await Promise.all(clients.map((client) => client.close()));
 * await server.drain();
 * ```
 */
export class Audience {
  readonly #app: Application;
  readonly #each: (visit: (session: Session) => void) => void;

  /** Not for users: `App.group()`, `user()` and `everyone` give audiences. */
  constructor(app: Application, each: (visit: (session: Session) => void) => void) {
    this.#app = app;
    this.#each = each;
  }

  /** Everybody in it now, also those that wait for their clients. */
  sessions(options: SelectOptions = {}): SessionHandle[] {
    const handles: SessionHandle[] = [];
    this.#select(options, (session) => handles.push(this.#app.handleOf(session)));
    return handles;
  }

  /**
   * Sends a Broadcast: encoded once, whoever gets it.
   *
   * @throws {Error} If the payload fits into no frame (16 MiB).
   */
  broadcast(payload: Payload, options: SelectOptions = {}): Sent {
    return this.#send(broadcastOf(bytesOf(payload)), options);
  }

  /**
   * Sends a Notification on `route`; clients that do not speak routes get the payload alone.
   *
   * @throws {Error} If the route is longer than 255 bytes, or the payload fits into no frame (16 MiB).
   */
  send(route: string, payload?: Payload, options: SelectOptions = {}): Sent {
    return this.#send(notificationOf(route, bytesOf(payload)), options);
  }

  /**
   * Asks everybody on `route`. Resolves when all have answered or failed, or with the first `first` Responses, in the order
   * in which they came; it never rejects, and `signal` makes what is missing fail as `cancelled`.
   */
  request(route: string, payload?: Payload, options: AskManyOptions = {}): Promise<Answer[]> {
    const { first = Infinity, signal, timeoutMs, ...select } = options;
    const sessions = this.sessions(select);
    const enough = new AbortController();
    const give = () => enough.abort();
    signal?.addEventListener("abort", give);
    if (signal?.aborted) give();
    const ask = { signal: enough.signal, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
    return new Promise((resolve) => {
      const answers: Answer[] = [];
      let waiting = sessions.length;
      let responses = 0;
      const end = () => {
        signal?.removeEventListener("abort", give);
        resolve(answers);
        give();
      };
      const settle = (answer: Answer) => {
        if (responses >= first) return;
        answers.push(answer);
        if ("bytes" in answer) responses++;
        if (--waiting === 0 || responses >= first) end();
      };
      if (waiting === 0) return end();
      this.#app.server.turn(() => {
        for (const session of sessions) {
          session.request(route, payload, ask).then(
            (bytes) => settle({ session, bytes }),
            (error: RequestError) => settle({ session, error }),
          );
        }
      });
    });
  }

  #send(message: Message, options: SelectOptions): Sent {
    const sent = { matched: 0, queued: 0, slow: 0 };
    this.#app.server.turn(() =>
      this.#select(options, (session) => {
        const delivery = message(session);
        if (delivery === "gone") return;
        sent.matched++;
        sent[delivery]++;
      })
    );
    return sent;
  }

  #select({ except, filter }: SelectOptions, visit: (session: Session) => void): void {
    const leftOut = except && new Set(except);
    this.#each((session) => {
      if (!session.isReachable || leftOut?.has(session.id)) return;
      if (filter === undefined || filter(this.#app.handleOf(session))) visit(session);
    });
  }
}
