// How far a client has come in the server's numbered frames: what to ask for after a loss, what to acknowledge,
// and which frames are missing or came twice.

import { ACK_BYTES, ACK_FRAMES } from "../limits/client.ts";
import type { Introduction, Welcome } from "./handshake.ts";

/** What a welcome means for a client that may have had a session before. */
export type Arrival = "first" | "recovered" | "fresh";

/** The numbered frames of one session after the other. */
export class Progress {
  #session = "";
  #secret: string | null = null;
  // The last sequence number seen.
  #received = 0;
  #unackedFrames = 0;
  #unackedBytes = 0;
  // The server has told of a gap, so the hole that the next frame shows is no news; nor is it when the server tells again.
  #gapKnown = false;
  #gapIsNews = false;

  /** Whether frames are numbered, and the session can be continued. */
  get isResumable(): boolean {
    return this.#secret !== null;
  }

  /** What a Handshake says to continue the session; undefined where there is none to continue. */
  get resume(): Introduction["resume"] {
    if (this.#secret === null) return undefined;
    return { session: this.#session, secret: this.#secret, received: this.#received };
  }

  /** A session begins, or goes on. */
  begin({ session, resume }: Welcome): Arrival {
    const recovered = resume?.recovered === true && session === this.#session;
    const arrival = this.#session === "" ? "first" : recovered ? "recovered" : "fresh";
    this.#session = session;
    this.#secret = resume?.secret ?? null;
    this.#gapIsNews = recovered && resume.gap && !this.#gapKnown;
    this.#gapKnown = recovered && (resume.gap || this.#gapKnown);
    if (!recovered) this.#received = 0;
    this.#acknowledged();
    return arrival;
  }

  /** Whether the session that has just begun told of a gap that was not known. */
  get gapIsNews(): boolean {
    return this.#gapIsNews;
  }

  /**
   * A numbered frame came in. Returns how many are missing before it, or -1 where it came before and must be dropped.
   *
   * @param frameBytes Its size, for the acknowledgement.
   */
  take(sequence: number, frameBytes: number): number {
    if (sequence <= this.#received) return -1;
    const missing = this.#gapKnown ? 0 : sequence - this.#received - 1;
    this.#gapKnown = false;
    this.#received = sequence;
    this.#unackedFrames++;
    this.#unackedBytes += frameBytes;
    return missing;
  }

  /** Whether something came that was not acknowledged. */
  get hasNews(): boolean {
    return this.#unackedFrames > 0;
  }

  /** Whether so much came that it has to be acknowledged without waiting for a heartbeat. */
  get ackDue(): boolean {
    return this.#unackedFrames >= ACK_FRAMES || this.#unackedBytes >= ACK_BYTES;
  }

  /** The payload of a Ping, which acknowledges what came so far where frames are numbered. */
  acknowledgement(): Uint8Array {
    if (this.#secret === null) return new Uint8Array(0);
    const payload = new Uint8Array(8);
    new DataView(payload.buffer).setBigUint64(0, BigInt(this.#received));
    this.#acknowledged();
    return payload;
  }

  #acknowledged(): void {
    this.#unackedFrames = 0;
    this.#unackedBytes = 0;
  }
}
