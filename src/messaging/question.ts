// A Request of ours to a client: sent, waited for, answered at most once.

import { NO_BYTES } from "../base/bytes.ts";
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
  if ((session.work?.questions ?? 0) >= owner.limits.requestsInFlight) {
    return Promise.reject(failure("too_many_in_flight"));
  }
  return new Promise((resolve, reject) => {
    const waiting = new Waiting(session, resolve, reject, options.signal);
    const id = ask(session, waiting);
    const payload = session.speaksRoutes ? withRoute(route, bytes) : bytes;
    waiting.id = id;
    waiting.frame = encodeFrame(FrameType.Request, Math.floor(id / 2 ** 32), id >>> 0, payload);
    owner.wakeAt(waiting, owner.now + (options.timeoutMs ?? owner.limits.requestTimeoutMs));
    session.push(waiting.frame);
    owner.touch(session);
  });
}

/** One question that waits. */
class Waiting implements Question {
  id = 0;
  frame: Uint8Array = NO_BYTES;
  wheelNext: WheelEntry | null = null;
  wheelPrevious: WheelEntry | null = null;
  wheelAt = Infinity;
  wheelSlot = 0;
  readonly #session: Session;
  readonly #resolve: (bytes: Uint8Array) => void;
  readonly #reject: (error: RequestError) => void;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = () => this.#give("cancelled");

  constructor(
    session: Session,
    resolve: (bytes: Uint8Array) => void,
    reject: (error: RequestError) => void,
    signal: AbortSignal | undefined,
  ) {
    this.#session = session;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#signal = signal;
    signal?.addEventListener("abort", this.#onAbort);
  }

  answered(frame: Frame): void {
    this.#finish();
    if (frame.type === FrameType.Response) return this.#resolve(frame.payload.slice());
    const end = decodeEnd(frame.payload);
    if (end === undefined) this.#reject(failure("handler_failed"));
    else this.#reject(new RequestError(end.code, end.name, end.message, "client"));
  }

  cancel(): void {
    this.#finish();
    this.#reject(failure("cancelled"));
  }

  onDeadline(): void {
    this.#give("handler_timeout");
  }

  #give(name: CodeName): void {
    if (this.#session.work?.take(this.id) === undefined) return;
    this.#finish();
    this.#reject(failure(name));
  }

  #finish(): void {
    this.#session.owner.letSleep(this);
    this.#signal?.removeEventListener("abort", this.#onAbort);
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
