// What a client tells its program, and the list of who listens.

import type { EndReason } from "./errors.ts";

/** Where a client stands. It goes round and round until `closed`, which is final. */
export type ClientState =
  /** `attempt` is 1 and one more for each loss since the beginning, or since the last session that lived a minute. */
  | { readonly state: "connecting"; readonly attempt: number }
  /**
   * `session` is its UUID, `node` and `server` (product and version) are what the server calls itself; `recovered`: the
   * session of before goes on.
   */
  | {
    readonly state: "open";
    readonly session: string;
    readonly node: string;
    readonly server: string;
    readonly recovered: boolean;
  }
  /** The server ends the session because of `reason`. It still answers what it runs; new calls are for the next one. */
  | { readonly state: "leaving"; readonly reason: EndReason }
  /** Connects again in `retryInMs` milliseconds, because of `reason`. */
  | { readonly state: "waiting"; readonly retryInMs: number; readonly reason: EndReason }
  /** Over, because of `reason`: `normal` by the client after `close()`. */
  | { readonly state: "closed"; readonly reason: EndReason };

/** A Notification, or a Request, of the server. The body is the listener's to keep. */
export interface Incoming {
  /** Empty: the default route. */
  readonly route: string;
  /** What it carries, without the route. */
  readonly body: Uint8Array;
}

/** Broadcasts or Notifications may have been missed. */
export interface Gap {
  /** How many; null where nobody knows. */
  readonly missed: number | null;
  /** The session is a new one: groups, tags set by the server and its data are gone too, so join again. */
  readonly fresh: boolean;
}

/** What each event brings. */
export interface ClientEvents {
  /** Where the client stands, at each change. */
  readonly state: ClientState;
  /** A Notification of the server. */
  readonly notification: Incoming;
  /** A Broadcast of the server; the body is the listener's to keep. */
  readonly broadcast: { readonly body: Uint8Array };
  /** Something may have been missed; at most once per hole. */
  readonly gap: Gap;
}

/** What can be listened to, see `Client.on()`. */
export type EventName = keyof ClientEvents;

/** Who listens to what. */
export class Events {
  readonly #listeners = new Map<EventName, Set<(event: never) => void>>();
  readonly #onFault: (error: unknown) => void;

  /** @param onFault Hears what a listener threw; the others are called all the same. */
  constructor(onFault: (error: unknown) => void) {
    this.#onFault = onFault;
  }

  /** Adds a listener; the returned function takes it off. */
  on<Name extends EventName>(
    name: Name,
    listener: (event: ClientEvents[Name]) => void,
  ): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    // A function of its own: who adds the same listener twice is called twice, and takes off one of them.
    const own = (event: ClientEvents[Name]) => listener(event);
    listeners.add(own);
    return () => void listeners.delete(own);
  }

  /** Whether anybody listens: what nobody hears need not be copied. */
  has(name: EventName): boolean {
    return (this.#listeners.get(name)?.size ?? 0) > 0;
  }

  emit<Name extends EventName>(name: Name, event: ClientEvents[Name]): void {
    for (const listener of this.#listeners.get(name) ?? []) {
      try {
        (listener as (event: ClientEvents[Name]) => void)(event);
      } catch (error) {
        this.#onFault(error);
      }
    }
  }
}
