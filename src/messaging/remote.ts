// The other nodes of this server, as an application uses them. Who carries it to them is not known here.

import type { Delivery } from "../session/owner.ts";
import type { Answer, Sent } from "./audience.ts";
import type { Payload } from "./payload.ts";
import type { AskOptions } from "./question.ts";
import type { KickOptions } from "./session_handle.ts";

/** Whom a message is for. */
export type Target =
  | { readonly kind: "everyone" }
  | { readonly kind: "group" | "user"; readonly name: string };

/** A message to many: a Notification on `route`, or a Broadcast where that is null. */
export interface Outgoing {
  readonly route: string | null;
  readonly bytes: Uint8Array;
}

/** Who of a target is meant, in words that travel. */
export interface Selection {
  readonly except: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

/** A session that may be with any worker: what can be done with it from everywhere. */
export interface SessionReference {
  /** A UUID. */
  readonly id: string;
  /** Sends a Notification, see `SessionHandle.send()`. What is with another worker is `queued` once it is on its way. */
  send(route: string, payload?: Payload): Delivery;
  /** Asks its client, see `SessionHandle.request()`; `cancelled` also where its worker does not answer. */
  request(route: string, payload?: Payload, options?: AskOptions): Promise<Uint8Array>;
  /** Sends the client away, see `SessionHandle.kick()`. */
  kick(options?: KickOptions): void;
}

/** Them. */
export interface Remote {
  /** Sends it to those of the target that are there. */
  send(target: Target, outgoing: Outgoing, selection: Selection): void;
  /** The same, and tells what became of it there. */
  deliver(target: Target, outgoing: Outgoing, selection: Selection): Promise<Sent>;
  /** Asks those of the target that are there. Never rejects. */
  ask(
    target: Target,
    outgoing: Outgoing,
    selection: Selection,
    options: { readonly timeoutMs?: number; readonly first?: number },
  ): Promise<Answer[]>;
  /** The session with this id, which is not here; undefined where it names no node that lives. */
  session(id: string): SessionReference | undefined;
  /** The group has its first session here, or lost its last one. */
  groupChanged(name: string): void;
}
