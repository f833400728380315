// Sessions that wait for their clients to come back, and those that do.

import { hexOf } from "../base/bytes.ts";
import { encodeText } from "../base/text.ts";
import { type CodeName, codeOf } from "../codec/codes.ts";
import type { Frame } from "../codec/frame.ts";
import type { ResumeClaim } from "../codec/handshake.ts";
import { type Ending, expire, fail, replace } from "../session/ending.ts";
import type { SessionOwner } from "../session/owner.ts";
import { type MovedSession, putTogether, takeDown } from "../session/moved.ts";
import { exchange, part } from "../session/parting.ts";
import type { Relay } from "../session/relay.ts";
import { type Missed, Resumption } from "../session/resumption.ts";
import { restore } from "../session/saved.ts";
import type { Session } from "../session/session.ts";
import type { Admission } from "./admission.ts";
import { Keeper } from "./keeper.ts";
import type { ServerOptions } from "./options.ts";
import { Registry } from "./registry.ts";
import { Settling } from "./settling.ts";

/** What the waiting room needs. */
export interface WaitingOptions
  extends Pick<ServerOptions, "randomBytes" | "digest" | "clock" | "log" | "store"> {
  /** With the open sessions, and the door. */
  readonly owner: SessionOwner & { readonly registry: Registry; readonly admission: Admission };
}

/** Bytes of a secret: 128 random bits. */
const SECRET_BYTES = 16;

/** The waiting room of a server. */
export class Waiting {
  readonly registry: Registry = new Registry();
  readonly #options: WaitingOptions;
  // Has sessions outlive the process; null: they end with it.
  readonly #keeper: Keeper | null;
  readonly #settling: Settling = new Settling();
  // When what runs while the server drains has had its time.
  #graceEndsAt = 0;

  constructor(options: WaitingOptions) {
    const { store, clock, log } = options;
    this.#options = options;
    this.#keeper = store === undefined ? null : new Keeper(store, clock, log);
  }

  /** Whether sessions are resumable at all. */
  get isOffered(): boolean {
    return this.#options.owner.limits.resumeSessionsMax > 0;
  }

  /** What is kept and compared of a secret. */
  hashOf(secret: string): Uint8Array {
    return this.#options.digest(encodeText(secret));
  }

  /** Makes `session` resumable, or its secret a new one. Returns the secret. */
  secretFor(session: Session): string {
    const { owner, randomBytes } = this.#options;
    const secret = hexOf(randomBytes(SECRET_BYTES));
    const hash = this.hashOf(secret);
    if (session.resumption !== null) session.resumption.renew(hash);
    else session.resumption = new Resumption(hash, owner.limits, owner.held, this.#keeper !== null);
    this.changed(session);
    return secret;
  }

  /**
   * `session` is about to end as `ending` says. Where its client may come back it waits instead: then whoever is returned
   * has its connection. When the server drains they stay a pair: what runs is still answered there.
   */
  keep(session: Session, { name }: Ending): Session | null {
    const { owner, owner: { registry, admission } } = this.#options;
    const { resumption } = session;
    const isDraining = name === "draining";
    if (resumption === null || !session.isOpen || !this.isOffered) return null;
    if (isTerminal(name) || (isDraining && this.#keeper === null)) return null;
    if (this.registry.size >= owner.limits.resumeSessionsMax) expire(this.registry.first!);
    const { resumeWindowMs, drainGraceMs } = owner.limits;
    resumption.waitsUntil = owner.now + Math.max(resumeWindowMs, isDraining ? drainGraceMs : 0);
    registry.remove(session);
    admission.leaveAddress(session);
    const husk = part(session);
    session.enter("waiting");
    this.registry.add(session);
    owner.letSleep(session);
    owner.wakeAt(session, resumption.waitsUntil);
    resumption.asked.lowerMark();
    this.changed(session);
    if (isDraining) {
      session.counterpart = husk;
      husk.counterpart = session;
      this.#graceEndsAt = owner.now + owner.limits.drainGraceMs;
    }
    return husk;
  }

  /**
   * `session`, which is being opened, says that it continues another. Returns that one, with the connection, and what its
   * client has missed; undefined where there is none, or the secret is not its own.
   */
  resume(session: Session, claim: ResumeClaim): { session: Session; missed: Missed } | undefined {
    const { owner, owner: { registry, admission } } = this.#options;
    const hash = this.hashOf(claim.secret);
    const waiting = this.registry.get(claim.session);
    const former = waiting ?? registry.get(claim.session);
    if (!former?.resumption?.accepts(hash) || !former.isReachable) return undefined;
    const missed = former.resumption.missedAfter(claim.received);
    if (missed === undefined) return undefined;
    if (admission.isBanned(session.peer.host, former.user)) {
      fail(session, "banned", "This user is banned");
      return undefined;
    }
    registry.remove(session);
    admission.leaveAddress(session);
    former.resumption.waitsUntil = Infinity;
    if (waiting === undefined) {
      admission.leaveAddress(former);
      exchange(former, session);
      replace(session);
    } else {
      this.registry.remove(former);
      registry.add(former);
      exchange(former, session);
      former.enter("active");
      owner.letSleep(session);
    }
    admission.enterAddress(former);
    former.resumption.acknowledge(claim.received);
    return { session: former, missed };
  }

  // --- on other nodes ---

  /**
   * Gives `former` away, of which `hash` is that of a secret, and `received` the last frame that its client has seen: from
   * now on the node that is given what is returned has it, and what still runs for it here is answered over `relay`.
   * Undefined where the secret is not its own, or it cannot go.
   */
  giveAway(
    former: Session,
    hash: Uint8Array,
    received: number,
    relay: Relay,
  ): MovedSession | undefined {
    const { owner, owner: { registry, admission } } = this.#options;
    if (!former.resumption?.accepts(hash) || !former.isReachable) return undefined;
    // While the server drains its connection is still being seen off.
    if (former.counterpart !== null) return undefined;
    if (former.resumption.missedAfter(received) === undefined) return undefined;
    const moved = takeDown(former);
    former.relay = relay;
    if (former.state !== "waiting") {
      registry.remove(former);
      // By the address that goes with the connection.
      admission.leaveAddress(former);
      replace(part(former));
      former.enter("waiting");
    }
    this.registry.remove(former);
    owner.letSleep(former);
    admission.leave(former);
    this.forget(former);
    former.resumption.clear();
    former.enter("closed");
    owner.sessionMoved(former);
    return moved;
  }

  /**
   * Takes a session in that another node has given away: it waits for its client here. `answered` hears what its client
   * answers to questions of that node. Undefined where `moved` is no session.
   */
  takeOver(
    moved: MovedSession,
    answered: (id: number, frame: Frame) => void,
  ): Session | undefined {
    const { owner } = this.#options;
    const session = putTogether(moved, owner, answered);
    if (session === undefined) return undefined;
    if (this.registry.size >= owner.limits.resumeSessionsMax) expire(this.registry.first!);
    owner.counters.takenOver++;
    owner.admission.rejoinUser(session);
    this.#letWait(session);
    this.changed(session);
    return session;
  }

  // --- beyond the process ---

  /** What is known of `session` is not what it was. */
  changed(session: Session): void {
    if (session.resumption === null) return;
    this.#keeper?.changed(session);
    if (session.requestsRunning === 0) this.#settling.settled(session);
  }

  /** A Request of `session` is about to run whose id is not kept as taken. */
  takeIds(session: Session): void {
    this.#keeper?.takeIds(session);
  }

  /** `session` has ended. */
  forget(session: Session): void {
    this.#keeper?.forget(session);
    this.#settling.settled(session);
  }

  /**
   * Takes in the sessions that were kept.
   *
   * @throws {Error} If they cannot be read.
   */
  load(): void {
    const { owner, log } = this.#options;
    if (this.#keeper === null) return;
    const { sessions, skipped, isClean } = this.#keeper.load();
    owner.enterTurn();
    for (const saved of sessions) {
      if (this.registry.size >= owner.limits.resumeSessionsMax) break;
      const session = restore(saved, owner);
      if (session === undefined) continue;
      owner.counters.restored++;
      if (session.user !== "") owner.admitUser(session);
      this.#letWait(session);
    }
    owner.leaveTurn();
    const { restored } = owner.counters;
    const leftOut = sessions.length - restored + skipped;
    log("info", "store", { result: "loaded", sessions: restored, leftOut, isClean });
  }

  /**
   * The server has drained. Nobody will come back to those who wait; or to another process, for which they are kept once
   * no Request of theirs runs, or the time for that is over. Then calls `done`.
   */
  close(done: () => void): void {
    const { owner, clock } = this.#options;
    if (this.#keeper === null) {
      this.#endAll();
      return done();
    }
    this.#settling.begin(this.registry, clock, this.#graceEndsAt - owner.now, () => {
      this.keepAll();
      done();
    });
  }

  /** Has everybody who waits kept as they are now. */
  keepAll(): void {
    const { owner } = this.#options;
    if (this.#keeper === null) return;
    owner.enterTurn();
    const sessions: Session[] = [];
    this.registry.forEach((session) => void sessions.push(session));
    this.#keeper.close(sessions);
    for (const session of sessions) this.#leave(session);
    owner.counters.kept += sessions.length;
    owner.leaveTurn();
  }

  #letWait(session: Session): void {
    const { owner } = this.#options;
    this.registry.add(session);
    owner.wakeAt(session, session.resumption!.waitsUntil);
  }

  // It goes on in another process; here nothing is left of it.
  #leave(session: Session): void {
    const { owner } = this.#options;
    this.registry.remove(session);
    owner.letSleep(session);
    owner.admission.leave(session);
    session.work?.cancelAll();
    session.resumption!.clear();
    session.enter("closed");
  }

  #endAll(): void {
    const ending = { name: "draining", by: "server", message: "The server has shut down" } as const;
    while (this.registry.size > 0) expire(this.registry.first!, ending);
  }
}

function isTerminal(name: CodeName): boolean {
  const { reconnect } = codeOf(name);
  return reconnect === "no" || reconnect === "token";
}
