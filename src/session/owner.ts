// What a session needs from whoever owns it: limits, time, turns, and somebody to hand its frames to.

import type { CodeName } from "../codec/codes.ts";
import type { Frame } from "../codec/frame.ts";
import type { Counters } from "../observe/counters.ts";
import type { Policies } from "../limits/policies.ts";
import type { ServerLimits } from "../limits/server.ts";
import type { Handshake, ResumeClaim } from "../codec/handshake.ts";
import type { Ending } from "./ending.ts";
import type { Missed } from "./resumption.ts";
import type { Gather } from "./gather.ts";
import type { HeldBytes } from "./held_bytes.ts";
import type { Session } from "./session.ts";

/** Something with a deadline. The timer wheel links entries through these fields, so that it allocates nothing. */
export interface WheelEntry {
  wheelNext: WheelEntry | null;
  wheelPrevious: WheelEntry | null;
  /** When it is due; Infinity when it is not on the wheel. */
  wheelAt: number;
  /** The slot it stands in, counted from the wheel's beginning. */
  wheelSlot: number;
  onDeadline(): void;
}

/**
 * What became of a frame that was pushed: it waits its turn; the peer is behind (the frame waits, was dropped as the
 * policy says, or ended the session); or the session had ended.
 */
export type Delivery = "queued" | "slow" | "gone";

/** Where sessions wait for their clients. */
export interface WaitingRoom {
  /** Whether sessions are resumable at all. */
  readonly isOffered: boolean;
  /** Makes `session` resumable, or its secret a new one. Returns the secret. */
  secretFor(session: Session): string;
  /** The session that `claim` proves to be the client's, with the connection of `session`, and what it has missed. */
  resume(session: Session, claim: ResumeClaim): { session: Session; missed: Missed } | undefined;
  /** What is known of `session`, or kept with it, is not what it was: what is kept beyond the process is out of date. */
  changed(session: Session): void;
  /** A Request of `session` is about to run whose id is not kept as taken: it is from now on. */
  takeIds(session: Session): void;
}

/** The other nodes of the server, as its door uses them. */
export interface Elsewhere {
  /** Whether what `handshake` says has to be looked up there. */
  concerns(handshake: Handshake): boolean;
  /** Looks it up, fetches the session that is continued where it is there, and calls `done` later, within a deadline. */
  look(session: Session, handshake: Handshake, done: () => void): void;
}

/** The owner of sessions: one for all of them, so that a session costs only its own state. */
export interface SessionOwner {
  readonly limits: ServerLimits;
  readonly counters: Counters;
  readonly held: HeldBytes;
  readonly gather: Gather;
  /** What frames are handed out in; no session reads while another does. */
  readonly frame: Frame;
  readonly policies: Policies;
  /** This node's name, and the product and version, as told in a HandshakeAck. */
  readonly node: string;
  readonly product: string;
  /** From 0 up to, not including, 1; for spreading what sessions do, not for secrets. */
  random(): number;
  /** Milliseconds; stands still during a turn. */
  readonly now: number;

  /** Opens and closes a turn: everything that was sent between the two goes out at the end. They nest. */
  enterTurn(): void;
  leaveTurn(): void;
  /** Has `session` flushed at the end of this turn. */
  touch(session: Session): void;
  /** Has `session` flushed in this turn or a later one: for what goes to many, so that nobody else waits for all. */
  touchLater(session: Session): void;
  /** Calls `continueReading(session)` in a turn of its own, once the sockets have been looked at again. */
  continueLater(session: Session): void;
  /** Has `entry.onDeadline()` called at `at` or a little later, unless that happens sooner anyway. */
  wakeAt(entry: WheelEntry, at: number): void;
  /** Takes that back. */
  letSleep(entry: WheelEntry): void;

  /** A Request came in. It is answered by exactly one `session.answer()` or `session.refuse()`, now or later. */
  request(session: Session, frame: Frame): void;
  /** A Notification came in. */
  notification(session: Session, frame: Frame): void;

  /**
   * `session` passed the limit that this code stands for. It is counted and logged; returns whether the limit is
   * enforced, or only observed.
   */
  limitHit(session: Session, name: CodeName): boolean;
  /** The user of `session` is known now. Returns whether it may stay; if not, it is ended already. */
  admitUser(session: Session): boolean;
  /** Broadcasts to `session`, which does not keep up, were dropped. */
  sessionSlow(session: Session, framesDropped: number): void;
  /** A fault of ours showed in what `session` did: it is ended, the others live. */
  sessionFaulted(session: Session, error: unknown): void;

  /** Hands out secrets to resumable sessions, and finds those that are continued. */
  readonly waiting: WaitingRoom;
  /** Null: this node is the whole server. */
  readonly elsewhere: Elsewhere | null;

  /** The session is past its handshake. */
  sessionOpened(session: Session): void;
  /** The session is continued on a connection of its own again. */
  sessionResumed(session: Session): void;
  /**
   * `session` is about to end so. Where its client may come back it waits instead, and whoever has its connection now is
   * returned: that one is seen off.
   */
  keepWaiting(session: Session, ending: Ending): Session | null;
  /** The session is with another node now. */
  sessionMoved(session: Session): void;
  /** The decision to end the session fell: `session.ending` says why. Its socket may live a little longer. */
  sessionEnded(session: Session): void;
  /** The socket is gone. */
  socketClosed(session: Session): void;
  /** Whether one more ended session may hold its socket while its Error travels. Taken back at `socketClosed`. */
  mayLinger(): boolean;
}
