// A Request of ours to a client: sent, waited for, answered at most once.

import type { CodeName } from "../codec/codes.ts";
import { decodeEnd } from "../codec/end_payload.ts";
import { encodeFrame, type Frame, FrameType } from "../codec/frame.ts";
import { refusal, RequestError } from "../codec/request_error.ts";
import type { WheelEntry } from "../session/owner.ts";
import type { Session } from "../session/session.ts";
import { ask, type Question } from "../session/work.ts";
import { withRoute } from "./route_name.ts";

/** How a client is asked. */
export interface AskOptions {
  /** Milliseconds the client has to answer; `requestTimeoutMs` of the limits, unless given. */
  readonly timeoutMs?: number;
  /** Gives the question up; the promise rejects with `cancelled`. */
  readonly signal?: AbortSignal;
}

/**
 * Asks the client of `session` on `route` (one that does not speak routes gets the bytes bare). Called inside a turn.
 *
 * @throws {RequestError} As a rejection: what the client answered with an Error; `handler_timeout`; `cancelled` where the
 * session ended or `signal` said so; `too_many_in_flight` where as many questions wait for this client as it may have
 * Requests running.
 */
export function question(
  session: Session,
  route: string,
  bytes: Uint8Array,
  options: AskOptions,
): Promise<Uint8Array> {
  const { owner } = session;
  if (!session.isReachable || options.signal?.aborted) return Promise.reject(failure("cancelled"));
  if (hasTooMany(session, bytes.length)) return Promise.reject(failure("too_many_in_flight"));
  const payload = session.speaksRoutes ? withRoute(route, bytes) : bytes;
  return new Promise((resolve, reject) => {
    const waiting = ask(session, (id) => {
      const frame = encodeFrame(FrameType.Request, Math.floor(id / 2 ** 32), id >>> 0, payload);
      return new Waiting({ session, id, frame, resolve, reject, signal: options.signal });
    });
    owner.wakeAt(waiting, owner.now + (options.timeoutMs ?? owner.limits.requestTimeoutMs));
    session.push(waiting.frame);
    owner.touch(session);
  });
}

// They are kept to be asked again: in number and in bytes no more than one queue takes. One always goes.
function hasTooMany({ work, owner: { limits } }: Session, bytes: number): boolean {
  if (work === null || work.questions === 0) return false;
  return work.questions >= limits.requestsInFlight ||
    work.questionBytes + bytes > limits.outboundBytesMax;
}

/** What one question is made of. */
interface Asking {
  readonly session: Session;
  readonly id: number;
  readonly frame: Uint8Array;
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (error: RequestError) => void;
  readonly signal: AbortSignal | undefined;
}

/** One question that waits. */
class Waiting implements Question {
  wheelNext: WheelEntry | null = null;
  wheelPrevious: WheelEntry | null = null;
  wheelAt = Infinity;
  wheelSlot = 0;
  readonly frame: Uint8Array;
  readonly #asking: Asking;
  readonly #onAbort = () => this.#give("cancelled");

  constructor(asking: Asking) {
    this.#asking = asking;
    this.frame = asking.frame;
    asking.signal?.addEventListener("abort", this.#onAbort);
  }

  answered(frame: Frame): void {
    const { resolve, reject } = this.#asking;
    this.#finish();
    if (frame.type === FrameType.Response) return resolve(frame.payload.slice());
    const end = decodeEnd(frame.payload);
    if (end === undefined) reject(failure("handler_failed"));
    else reject(new RequestError(end.code, end.name, end.message, "client"));
  }

  cancel(): void {
    this.#finish();
    this.#asking.reject(failure("cancelled"));
  }

  onDeadline(): void {
    this.#give("handler_timeout");
  }

  #give(name: CodeName): void {
    const { session, id, reject } = this.#asking;
    if (session.work?.take(id) === undefined) return;
    this.#finish();
    reject(failure(name));
  }

  #finish(): void {
    const { session, signal } = this.#asking;
    session.owner.letSleep(this);
    signal?.removeEventListener("abort", this.#onAbort);
  }
}

const MESSAGES: Partial<Record<CodeName, string>> = {
  cancelled: "The session ended, or the question was given up, before the answer came",
  handler_timeout: "The client did not answer in time",
  too_many_in_flight: "Too many questions wait for this client's answer",
  handler_failed: "The client answered with an Error that cannot be read",
};

function failure(name: CodeName): RequestError {
  return refusal(name, MESSAGES[name] ?? "", "server");
}
