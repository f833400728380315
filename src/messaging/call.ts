// One run of a handler: from the frame that came in to exactly one answer, whatever the handler does.

import type { CodeName } from "../codec/codes.ts";
import type { Frame } from "../codec/frame.ts";
import {
  APPLICATION_CODE_MAX,
  APPLICATION_CODE_MIN,
  BAD_PAYLOAD_CODE,
  ERROR_MESSAGE_CHARS_MAX,
} from "../limits/messaging.ts";
import { PAYLOAD_BYTES_CEILING } from "../limits/wire.ts";
import type { Histogram } from "../observe/histogram.ts";
import type { WheelEntry } from "../session/owner.ts";
import type { Session } from "../session/session.ts";
import { begin, finish, type Running } from "../session/work.ts";
import type { RouteHandler } from "./compose.ts";
import type { Context, FailureName, HandlerLog } from "./context.ts";
import { BadPayload, bytesOf, jsonOf, type Payload, type Schema, textOf } from "./payload.ts";
import type { SessionHandle } from "./session_handle.ts";

/** What calls need of the application they belong to. */
export interface CallOwner {
  handleOf(session: Session): SessionHandle;
  logOf(session: Session, route: string): HandlerLog;
  /** A handler threw, answered twice, or took too long. */
  callFailed(session: Session, route: string, error: unknown): void;
}

/** What serves a route. */
export interface Served {
  readonly handler: RouteHandler;
  /** How long its Requests took. */
  readonly latency: Histogram;
}

/** Runs the handler for a lent `frame`, whose payload begins behind the route. */
export function serve(
  owner: CallOwner,
  session: Session,
  frame: Frame,
  route: string,
  isRequest: boolean,
  served: Served,
): void {
  new Call(owner, session, frame, route, isRequest ? served.latency : null).run(served.handler);
}

/** Until it is over a call holds memory and a deadline; then it is a husk that its handler may still hold. */
class Call implements Context, Running, WheelEntry {
  readonly route: string;
  payloadBytes = 0;

  wheelNext: WheelEntry | null = null;
  wheelPrevious: WheelEntry | null = null;
  wheelAt = Infinity;
  wheelSlot = 0;

  readonly #owner: CallOwner;
  readonly #session: Session;
  // Null for a Notification.
  readonly #latency: Histogram | null;
  readonly #begunAt: number;
  readonly #idHigh: number;
  readonly #idLow: number;
  #bytes: Uint8Array;
  #start: number;
  #end: number;
  #isKept = false;
  // Why no answer is wanted any more.
  #over: "no" | "answered" | "late" | "gone" = "no";
  #abort: AbortController | null = null;
  #state: Record<string, unknown> | null = null;

  constructor(
    owner: CallOwner,
    session: Session,
    frame: Frame,
    route: string,
    latency: Histogram | null,
  ) {
    this.#owner = owner;
    this.#session = session;
    this.route = route;
    this.#latency = latency;
    this.#begunAt = session.owner.now;
    this.#idHigh = frame.idHigh;
    this.#idLow = frame.idLow;
    this.#bytes = frame.bytes;
    this.#start = frame.start;
    this.#end = frame.end;
  }

  run(handler: RouteHandler): void {
    try {
      const result = handler(this);
      if (!isPromise(result)) return this.#returned(result);
      this.#keep();
      result.then((value) => this.#returned(value), (error) => this.#threw(error));
    } catch (error) {
      this.#threw(error);
    }
  }

  // --- for the handler ---

  get session(): SessionHandle {
    return this.#owner.handleOf(this.#session);
  }

  get isRequest(): boolean {
    return this.#latency !== null;
  }

  get id(): bigint {
    return BigInt(this.#idHigh) << 32n | BigInt(this.#idLow);
  }

  get payload(): Uint8Array {
    return this.#bytes.subarray(this.#start, this.#end);
  }

  bytes(): Uint8Array {
    return this.#bytes.slice(this.#start, this.#end);
  }

  text(): string {
    return textOf(this.payload);
  }

  json<Output = unknown>(schema?: Schema<Output>): Output {
    return jsonOf(this.payload, schema);
  }

  reply(payload?: Payload): void {
    const bytes = bytesOf(payload);
    if (bytes.length > PAYLOAD_BYTES_CEILING) {
      throw new RangeError(`An answer of ${bytes.length} bytes is longer than any frame`);
    }
    if (!this.#mayAnswer()) return;
    this.#finish("answered");
    this.#session.answer(this.#idHigh, this.#idLow, bytes);
  }

  fail(code: number | FailureName, message: string = ""): void {
    if (typeof code === "number" && !isOwnCode(code)) {
      throw new RangeError(
        `A handler fails with a code from ${APPLICATION_CODE_MIN} to ${APPLICATION_CODE_MAX}: not ${code}`,
      );
    }
    if (this.#mayAnswer()) this.#refuse(code, message.slice(0, ERROR_MESSAGE_CHARS_MAX));
  }

  get signal(): AbortSignal {
    if (this.#abort === null) {
      this.#abort = new AbortController();
      if (this.#over === "late" || this.#over === "gone") this.#abort.abort();
    }
    return this.#abort.signal;
  }

  get state(): Record<string, unknown> {
    return this.#state ??= {};
  }

  get log(): HandlerLog {
    return this.#owner.logOf(this.#session, this.route);
  }

  // --- from the session ---

  cancel(): void {
    if (this.#over !== "no") return;
    if (this.isRequest) this.#session.requestsRunning--;
    this.#finish("gone");
  }

  onDeadline(): void {
    if (this.#over !== "no") return;
    this.#owner.callFailed(this.#session, this.route, new Error("No answer within the time"));
    this.#refuse("handler_timeout", "No answer in time", "late");
  }

  // --- its life ---

  // The handler goes on after the chunk that the payload lies in was given back.
  #keep(): void {
    if (this.#over !== "no") return;
    const { owner } = this.#session;
    this.#bytes = this.bytes();
    this.#start = 0;
    this.#end = this.payloadBytes = this.#bytes.length;
    this.#isKept = true;
    begin(this.#session, this);
    owner.wakeAt(this, owner.now + owner.limits.requestTimeoutMs);
  }

  #returned(value: unknown): void {
    if (this.#over !== "no") return;
    try {
      if (!this.isRequest) this.#finish("answered");
      else if (value === undefined) this.reply();
      else if (typeof value === "string" || value instanceof Uint8Array) this.reply(value);
      else throw new Error("A handler returned neither bytes nor text");
    } catch (error) {
      this.#threw(error);
    }
  }

  #threw(error: unknown): void {
    const isPeers = error instanceof BadPayload;
    if (!isPeers) this.#owner.callFailed(this.#session, this.route, error);
    if (this.#over !== "no") return;
    if (isPeers) this.#refuse(BAD_PAYLOAD_CODE, error.message.slice(0, ERROR_MESSAGE_CHARS_MAX));
    else this.#refuse("handler_failed", "The handler failed");
  }

  #refuse(name: CodeName | number, message: string, over: "answered" | "late" = "answered"): void {
    this.#finish(over);
    if (this.isRequest) this.#session.refuse(this.#idHigh, this.#idLow, name, message);
  }

  #mayAnswer(): boolean {
    if (!this.isRequest) return false;
    if (this.#over === "answered") {
      this.#owner.callFailed(this.#session, this.route, new Error("A Request was answered twice"));
    }
    return this.#over === "no";
  }

  #finish(over: "answered" | "late" | "gone"): void {
    if (this.#over !== "no") return;
    this.#over = over;
    if (over !== "gone") this.#latency?.observe(this.#session.owner.now - this.#begunAt);
    if (this.#isKept) {
      this.#session.owner.letSleep(this);
      finish(this.#session, this);
    }
    if (over !== "answered") this.#abort?.abort();
  }
}

function isOwnCode(code: number): boolean {
  return Number.isInteger(code) && code >= APPLICATION_CODE_MIN && code <= APPLICATION_CODE_MAX;
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value;
}
