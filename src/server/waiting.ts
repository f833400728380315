// Sessions that wait for their clients to come back, and those that do.

import { encodeText } from "../base/text.ts";
import { type CodeName, codeOf } from "../codec/codes.ts";
import type { ResumeClaim } from "../codec/handshake.ts";
import { type Ending, expire, replace } from "../session/ending.ts";
import type { SessionOwner } from "../session/owner.ts";
import { exchange, part } from "../session/parting.ts";
import { type Missed, Resumption } from "../session/resumption.ts";
import type { Session } from "../session/session.ts";
import type { Admission } from "./admission.ts";
import { Registry } from "./registry.ts";

/** What the waiting room needs. */
export interface WaitingOptions {
  readonly owner: SessionOwner;
  /** The open sessions. */
  readonly registry: Registry;
  readonly admission: Admission;
  /** Bytes from a cryptographic generator, and SHA-256. */
  readonly randomBytes: (length: number) => Uint8Array;
  readonly digest: (bytes: Uint8Array) => Uint8Array;
}

/** Bytes of a secret: 128 random bits. */
const SECRET_BYTES = 16;

/** The waiting room of a server. */
export class Waiting {
  readonly registry: Registry = new Registry();
  readonly #options: WaitingOptions;

  constructor(options: WaitingOptions) {
    this.#options = options;
  }

  /** Whether sessions are resumable at all. */
  get isOffered(): boolean {
    return this.#options.owner.limits.resumeSessionsMax > 0;
  }

  /** Makes `session` resumable, or its secret a new one. Returns the secret. */
  secretFor(session: Session): string {
    const { owner, randomBytes, digest } = this.#options;
    const secret = Array.from(
      randomBytes(SECRET_BYTES),
      (byte) => byte.toString(16).padStart(2, "0"),
    ).join("");
    const hash = digest(encodeText(secret));
    if (session.resumption !== null) session.resumption.renew(hash);
    else session.resumption = new Resumption(hash, owner.limits, owner.held);
    return secret;
  }

  /**
   * `session` is about to end as `ending` says. Where its client may come back it waits instead: then whoever is returned
   * has its connection.
   */
  keep(session: Session, { name }: Ending): Session | null {
    const { owner, registry, admission } = this.#options;
    const { resumption } = session;
    if (resumption === null || !session.isOpen || !this.isOffered || isTerminal(name)) return null;
    if (this.registry.size >= owner.limits.resumeSessionsMax) expire(this.registry.first!);
    resumption.waitsUntil = owner.now + owner.limits.resumeWindowMs;
    registry.remove(session);
    admission.leaveAddress(session);
    const husk = part(session);
    session.enter("waiting");
    this.registry.add(session);
    owner.letSleep(session);
    owner.wakeAt(session, resumption.waitsUntil);
    return husk;
  }

  /**
   * `session`, which is being opened, says that it continues another. Returns that one, with the connection, and what its
   * client has missed; undefined where there is none, or the secret is not its own.
   */
  resume(session: Session, claim: ResumeClaim): { session: Session; missed: Missed } | undefined {
    const { owner, registry, admission, digest } = this.#options;
    const hash = digest(encodeText(claim.secret));
    const waiting = this.registry.get(claim.session);
    const former = waiting ?? registry.get(claim.session);
    if (!former?.resumption?.accepts(hash) || !former.isReachable) return undefined;
    const missed = former.resumption.missedAfter(claim.received);
    if (missed === undefined) return undefined;
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

  /** Nobody will come back: the server has drained. */
  endAll(): void {
    const ending = { name: "draining", by: "server", message: "The server has shut down" } as const;
    while (this.registry.size > 0) expire(this.registry.first!, ending);
  }
}

// A session that drains does not part from its connection: what runs is still answered there.
function isTerminal(name: CodeName): boolean {
  const { reconnect } = codeOf(name);
  return reconnect === "no" || reconnect === "token" || name === "draining";
}
