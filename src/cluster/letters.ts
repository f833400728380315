// What nodes say to each other about sessions: the subjects, and the fields of each message.

import type { Message, NodeId } from "../bus/bus.ts";
import { seal } from "../bus/envelope.ts";
import type { Outgoing, Selection, Target } from "../messaging/remote.ts";

/** To many: of the target, by all who listen for it. */
export interface ToMany {
  readonly op: "deliver" | "ask";
  /** No other message to many has it. */
  readonly key: string;
  readonly target: Target;
  readonly route: Outgoing["route"];
  readonly selection: Selection;
  readonly timeoutMs?: number;
  readonly first?: number;
}

/**
 * The subject on which nodes with sessions of `target` listen. Groups have one each, and their messages go nowhere else;
 * users would cost one for each session that comes, so all nodes listen for all of them.
 */
export function subjectOf(target: Target): string {
  return target.kind === "group" ? `group.${target.name}` : target.kind;
}

/** About one session, to the node that has it, or that knows who has it. */
export const SESSION = "session";

/** What is done with it; a frame, or a payload, follows as bytes. */
export type ToSession =
  & {
    readonly id: string;
    /** It was passed on once, and is not again. */
    readonly isForwarded?: boolean;
  }
  & (
    | { readonly op: "send"; readonly route: string }
    | { readonly op: "ask"; readonly route: string; readonly timeoutMs?: number }
    | { readonly op: "kick"; readonly message?: string; readonly retryAfterMs?: number }
    /** The same user came again, and has all the sessions it may. */
    | { readonly op: "replace" }
    /** Its client came to `asker`, which goes on with it. The hash is that of its secret, in hexadecimal digits. */
    | {
      readonly op: "take";
      readonly secretHash: string;
      readonly received: number;
      readonly asker: NodeId;
    }
    /** To where it was before: it is with the sender now. */
    | { readonly op: "landed" }
    /** From where it was before: a message to many that came there while it was on its way. */
    | { readonly op: "heard"; readonly key: string; readonly route: string | null }
    /** From where it was before: the frame is for its client as it is. */
    | { readonly op: "push" }
    /** The frame answers a Request of its client. */
    | { readonly op: "answer" }
    /** To where it was before: the frame answers a question of that node. */
    | { readonly op: "replied" }
  );

/** Such a message; a frame, or a payload, follows. */
export function sealToSession(letter: ToSession, bytes?: Uint8Array): Message {
  return seal(letter, bytes);
}

/** Where a session is: told to the node that its id names. */
export const WHEREABOUTS = "whereabouts";

export interface Whereabouts {
  readonly id: string;
  /** Whether the sender has it, or it is over. */
  readonly isHere: boolean;
}

/** Who the sessions of a user are. */
export const USERS = "users";

export interface UserSession {
  readonly id: string;
  /** Milliseconds since it was past its handshake; null: it is not yet. */
  readonly openForMs: number | null;
}
