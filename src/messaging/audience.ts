// Many sessions at once: everybody, a group, a user's. Sending to them, and asking them.

import type { RequestError } from "../codec/request_error.ts";
import type { Session } from "../session/session.ts";
import type { Application } from "./application.ts";
import { broadcastOf, checkSendable, notificationOf } from "./message.ts";
import { bytesOf, type Payload } from "./payload.ts";
import type { AskOptions } from "./question.ts";
import type { Outgoing, Remote, Selection, SessionReference, Target } from "./remote.ts";
import type { SessionHandle } from "./session_handle.ts";

/** Who of an audience is meant. */
export interface SelectOptions {
  /** Ids of sessions that are left out. */
  readonly except?: Iterable<string>;
  /** Only sessions with all of these tags. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Who stays in. A function does not travel: with several workers, use `tags` or a group. */
  readonly filter?: (session: SessionHandle) => boolean;
}

/** What became of a message to many; of `broadcast()` and `send()`, on this worker. */
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
  | { readonly session: Answerer; readonly bytes: Uint8Array }
  | { readonly session: Answerer; readonly error: RequestError };

/** Who was asked: a session of any worker, and its user id; empty: nobody in particular. */
export type Answerer = SessionReference & { readonly user: string };

/**
 * Sessions that are reached together, on all workers. It is a view: who is in it is found out at each call.
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
  // Null: those of this node alone.
  readonly #target: Target | null;

  /** Not for users: `App.group()`, `user()` and `everyone` give audiences. */
  constructor(
    app: Application,
    each: (visit: (session: Session) => void) => void,
    target: Target | null = null,
  ) {
    this.#app = app;
    this.#each = each;
    this.#target = target;
  }

  /** Those of it that are with this worker. */
  get here(): Audience {
    return new Audience(this.#app, this.#each);
  }

  /** Everybody in it who is with this worker now, also those that wait for their clients. */
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
    return this.#send({ route: null, bytes: bytesOf(payload) }, options);
  }

  /**
   * Sends a Notification on `route`; clients that do not speak routes get the payload alone.
   *
   * @throws {Error} If the route is longer than 255 bytes, or the payload fits into no frame (16 MiB).
   */
  send(route: string, payload?: Payload, options: SelectOptions = {}): Sent {
    return this.#send({ route, bytes: bytesOf(payload) }, options);
  }

  /**
   * Sends a Notification on `route`, or a Broadcast where that is null, and counts what became of it on every worker: at
   * once where there is one, else a promise. A worker that does not answer within two seconds is left out.
   *
   * @throws {Error} As `send()` does.
   */
  deliver(
    route: string | null,
    payload?: Payload,
    options: SelectOptions = {},
  ): Sent | Promise<Sent> {
    const outgoing = { route, bytes: bytesOf(payload) };
    const remote = this.#remote(options);
    const here = this.#sendHere(outgoing, options);
    if (remote === null) return here;
    return remote.deliver(this.#target!, outgoing, selectionOf(options)).then((there) => ({
      matched: here.matched + there.matched,
      queued: here.queued + there.queued,
      slow: here.slow + there.slow,
    }));
  }

  /**
   * Asks everybody on `route`. Resolves when all have answered or failed, or with the first `first` Responses, in the order
   * in which they came; it never rejects, and `signal` makes what is missing fail as `cancelled`.
   */
  request(route: string, payload?: Payload, options: AskManyOptions = {}): Promise<Answer[]> {
    const { first = Infinity, signal, timeoutMs, ...select } = options;
    const remote = this.#remote(select);
    if (remote !== null) checkSendable(route, bytesOf(payload));
    const sessions = this.sessions(select);
    const enough = new AbortController();
    const give = () => enough.abort();
    signal?.addEventListener("abort", give);
    if (signal?.aborted) give();
    const ask = { signal: enough.signal, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
    return new Promise((resolve) => {
      const answers: Answer[] = [];
      let waiting = sessions.length + (remote === null ? 0 : 1);
      let responses = 0;
      const end = () => {
        signal?.removeEventListener("abort", give);
        resolve(answers);
        give();
      };
      const settle = (...some: Answer[]) => {
        for (const answer of some) {
          if (responses >= first) return;
          answers.push(answer);
          if ("bytes" in answer) responses++;
        }
        if (--waiting === 0 || responses >= first) end();
      };
      if (waiting === 0) return end();
      if (remote !== null) {
        const outgoing = { route, bytes: bytesOf(payload) };
        const asked = { first, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
        // Nobody is told elsewhere that it is given up: the questions run out there.
        let isOver = false;
        const settleOthers = (some: readonly Answer[]) => {
          if (!isOver) settle(...some);
          isOver = true;
        };
        void remote.ask(this.#target!, outgoing, selectionOf(select), asked).then(settleOthers);
        enough.signal.addEventListener("abort", () => settleOthers([]));
        if (enough.signal.aborted) settleOthers([]);
      }
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

  #send(outgoing: Outgoing, options: SelectOptions): Sent {
    this.#remote(options)?.send(this.#target!, outgoing, selectionOf(options));
    return this.#sendHere(outgoing, options);
  }

  // The other nodes, where they are meant too.
  #remote({ filter }: SelectOptions): Remote | null {
    const { remote } = this.#app;
    if (remote === null || this.#target === null) return null;
    if (filter === undefined) return remote;
    throw new Error('Cannot send a filter function to other workers: use "tags", or a group');
  }

  #sendHere({ route, bytes }: Outgoing, options: SelectOptions): Sent {
    const message = route === null ? broadcastOf(bytes) : notificationOf(route, bytes);
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

  #select({ except, tags, filter }: SelectOptions, visit: (session: Session) => void): void {
    const leftOut = except && new Set(except);
    const wanted = tags && Object.entries(tags);
    this.#each((session) => {
      if (!session.isReachable || leftOut?.has(session.id)) return;
      if (wanted?.some(([name, value]) => session.tags[name] !== value)) return;
      if (filter === undefined || filter(this.#app.handleOf(session))) visit(session);
    });
  }
}

function selectionOf({ except = [], tags = {} }: SelectOptions): Selection {
  return { except: [...except], tags };
}
