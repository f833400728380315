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

/** What became of a message to many: of `matched` sessions it waits for `queued`; `slow` ones are behind. */
export interface Sent {
  readonly matched: number;
  readonly queued: number;
  readonly slow: number;
}

/** How many are asked. */
export interface AskManyOptions extends AskOptions, SelectOptions {
  /** Ends with this many Responses; the rest of the questions are given up. All, unless given. */
  readonly first?: number;
}

/** What one of many answered. */
export type Answer =
  | { readonly session: SessionHandle; readonly bytes: Uint8Array }
  | { readonly session: SessionHandle; readonly error: RequestError };

/** Sessions that are reached together. It is a view: who is in it is found out at each call. */
export class Audience {
  readonly #app: Application;
  readonly #each: (visit: (session: Session) => void) => void;

  constructor(app: Application, each: (visit: (session: Session) => void) => void) {
    this.#app = app;
    this.#each = each;
  }

  /** Everybody in it now. */
  sessions(options: SelectOptions = {}): SessionHandle[] {
    const handles: SessionHandle[] = [];
    this.#select(options, (session) => handles.push(this.#app.handleOf(session)));
    return handles;
  }

  /** Sends a Broadcast: encoded once, whoever gets it. */
  broadcast(payload: Payload, options: SelectOptions = {}): Sent {
    return this.#send(broadcastOf(bytesOf(payload)), options);
  }

  /** Sends a Notification on `route`; clients that do not speak routes get the payload alone. */
  send(route: string, payload?: Payload, options: SelectOptions = {}): Sent {
    return this.#send(notificationOf(route, bytesOf(payload)), options);
  }

  /** Asks everybody on `route`. Resolves when all have answered or failed, or with the first `first` Responses. */
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
