// One client's conversation with its server, over as many connections as it takes: when to connect, what survives a
// loss and what does not. It makes no promises to callers; client.ts does.

import { encodeFrame, type Frame, FrameType } from "../codec/frame.ts";
import { STABLE_MS } from "../limits/client.ts";
import type { WheelEntry } from "../session/owner.ts";
import { Answers } from "./answers.ts";
import { reconnectDelay } from "./backoff.ts";
import { Credential } from "./credential.ts";
import { endedHere, type EndReason, refusal, RequestError } from "./errors.ts";
import { type ClientState, Events } from "./events.ts";
import { encodeHandshake, type Welcome } from "./handshake.ts";
import { Inbox } from "./inbox.ts";
import { Link, type LinkOwner } from "./link.ts";
import type { Settings } from "./options.ts";
import { frameBytes, Outbox, type Outgoing } from "./outbox.ts";
import { Pings } from "./pings.ts";
import type { Platform } from "./platform.ts";
import { Progress } from "./progress.ts";
import { Requests } from "./requests.ts";

export class Conversation implements LinkOwner, WheelEntry {
  wheelNext: WheelEntry | null = null;
  wheelPrevious: WheelEntry | null = null;
  wheelAt = Infinity;
  wheelSlot = 0;

  readonly events: Events;
  readonly outbox: Outbox;
  readonly requests: Requests;
  readonly pings = new Pings();
  readonly answers: Answers;
  routed = false;

  readonly #settings: Settings;
  readonly #platform: Platform;
  readonly #credential: Credential;
  readonly #progress = new Progress();
  readonly #inbox: Inbox;
  #state: ClientState = { state: "connecting", attempt: 1 };
  #link: Link | null = null;
  #frameBytesMax = 0;
  // Losses since the last session that lived long enough.
  #failures = 0;
  #openedAt = Infinity;
  // What it ends with, whatever the server says meanwhile: the program has closed it.
  #closing: EndReason | null = null;
  #flushDue = false;

  constructor(settings: Settings, platform: Platform) {
    this.#settings = settings;
    this.#platform = platform;
    this.#credential = new Credential(settings.token);
    this.events = new Events(platform.onFault);
    this.outbox = new Outbox(settings);
    this.requests = new Requests(platform, this.outbox, settings.framesMax);
    this.answers = new Answers((frame) => this.#sendAnswer(frame));
    this.#inbox = new Inbox(this.requests, this.answers, this.#progress, this.events);
    platform.defer(() => this.#connect());
  }

  // --- from the client ---

  get state(): ClientState {
    return this.#state;
  }

  /** Throws what a call is refused with right now, if it is. */
  checkOpen(): void {
    const { state } = this.#state;
    if (this.#state.state === "closed") throw refusedBy(this.#state.reason);
    if (this.#closing !== null) throw refusal("cancelled", "The client is closing");
    if (state === "open" || this.#settings.whileDisconnected === "wait") return;
    throw refusal("transport_lost", `There is no connection: the client is ${state}`);
  }

  /** Throws where an open session would not take `frame`. */
  checkFrame(frame: Pick<Outgoing, "route" | "body">): void {
    if (this.#state.state !== "open") return;
    const error = this.#unsendable(frame);
    if (error !== null) throw error;
  }

  /** Something waits to be sent: it goes out with all that is queued until the running code is through. */
  flushSoon(): void {
    if (this.#flushDue) return;
    this.#flushDue = true;
    this.#platform.defer(() => {
      this.#flushDue = false;
      this.#link?.flush();
    });
  }

  /** Sends a Ping now; false where there is no connection. */
  ping(): boolean {
    if (this.#state.state !== "open" || this.#link === null) return false;
    this.#link.ping();
    this.flushSoon();
    return true;
  }

  /** Says goodbye where there is somebody to say it to. */
  close(): void {
    if (this.#closing !== null || this.#state.state === "closed") return;
    const reason = this.#closing = endedHere("normal", "The client was closed", "no");
    if (this.#link === null) this.#finish(reason);
    else this.#link.leave(reason);
  }

  // --- from the link ---

  introduce(): Uint8Array {
    const { client, user, tags, heartbeatMs, features } = this.#settings;
    const { token } = this.#credential;
    const { resume } = this.#progress;
    return encodeHandshake({
      features,
      ...(client === undefined ? {} : { client }),
      ...(user === undefined ? {} : { user }),
      ...(tags === undefined ? {} : { tags }),
      ...(heartbeatMs === undefined ? {} : { heartbeatMs }),
      ...(token === undefined ? {} : { token }),
      ...(resume === undefined ? {} : { resume }),
    });
  }

  onWelcome(welcome: Welcome): void {
    const arrival = this.#progress.begin(welcome);
    this.#frameBytesMax = welcome.frameBytesMax;
    this.routed = welcome.features.includes("routes");
    this.#openedAt = this.#platform.clock.now();
    if (arrival === "recovered") this.#goOn();
    else this.#beginAnew();
    const { session, node, server } = welcome;
    const recovered = arrival === "recovered";
    this.#become({ state: "open", session, node, server, recovered });
    if (arrival === "fresh") this.events.emit("gap", { missed: null, fresh: true });
    else if (this.#progress.gapIsNews) this.events.emit("gap", { missed: null, fresh: false });
  }

  admit(frame: Outgoing): boolean {
    const error = this.#unsendable(frame);
    if (error === null) return true;
    if (frame.type === FrameType.Request) this.requests.reject(this.requests.of(frame), error);
    else this.outbox.remove(frame);
    return false;
  }

  onFrame(frame: Frame): void {
    this.#inbox.take(frame, this.routed);
  }

  onPong(id: number): void {
    this.pings.answered(id, this.#platform.clock.now());
  }

  ackDue(isHeartbeat: boolean): boolean {
    if (!this.#progress.isResumable) return false;
    return isHeartbeat ? this.#progress.hasNews : this.#progress.ackDue;
  }

  makePing(): Uint8Array {
    return encodeFrame(FrameType.Ping, 0, this.pings.nextId(), this.#progress.acknowledgement());
  }

  onDismissed(reason: EndReason): void {
    this.#become({ state: "leaving", reason });
  }

  onLost(reason: EndReason): void {
    this.#link = null;
    this.pings.rejectAll(refusal("transport_lost", "The connection was lost before the Pong"));
    const livedMs = this.#platform.clock.now() - this.#openedAt;
    if (livedMs >= STABLE_MS) this.#failures = 0;
    this.#openedAt = Infinity;
    if (this.#closing !== null) return this.#finish(this.#closing);
    if (reason.reconnect === "no") return this.#finish(reason);
    if (reason.reconnect === "token" && !this.#credential.refuse()) return this.#finish(reason);
    if (!this.#progress.isResumable) this.requests.loseAnswers();
    this.#wait(reason);
  }

  // --- connecting ---

  /** The wait is over; or a credential was asked for and did not come in time. */
  onDeadline(): void {
    if (this.#state.state === "waiting") return this.#connect();
    this.#wait(endedHere("unauthorized", "The credential did not come in time"));
  }

  #connect(): void {
    if (this.#state.state === "closed") return;
    const attempt = { state: "connecting", attempt: this.#failures + 1 } as const;
    this.#become(attempt);
    // A listener may have closed the client; later, the time for a credential may be over.
    const isLate = () => this.#state !== attempt;
    if (isLate()) return;
    if (!this.#credential.mustAsk) return this.#dial();
    const { wheel, clock } = this.#platform;
    wheel.schedule(this, clock.now() + this.#settings.connectTimeoutMs);
    this.#credential.ask().then(
      () => isLate() || this.#dial(),
      (error) => isLate() || this.#wait(endedHere("unauthorized", `No credential: ${error}`)),
    );
  }

  #dial(): void {
    this.#platform.wheel.cancel(this);
    const { address, connectTimeoutMs } = this.#settings;
    this.#link = new Link(this.#platform, this, this.outbox, connectTimeoutMs);
    this.#link.dial(address);
  }

  #wait(reason: EndReason): void {
    const { wheel, clock, random } = this.#platform;
    const retryInMs = reconnectDelay(this.#failures++, random(), reason.retryAfterMs);
    wheel.cancel(this);
    wheel.schedule(this, clock.now() + retryInMs);
    this.#become({ state: "waiting", retryInMs, reason });
  }

  #finish(reason: EndReason): void {
    this.#platform.wheel.cancel(this);
    this.requests.rejectAll(refusedBy(reason));
    this.outbox.clear();
    this.answers.forget();
    this.#become({ state: "closed", reason });
  }

  #become(state: ClientState): void {
    this.#state = state;
    this.events.emit("state", state);
  }

  // A Handshake of an attempt that was given up may still be on its way. It takes the session over, and this connection
  // away, unless the server has heard that the new secret is here.
  #goOn(): void {
    this.#link!.ping();
    this.requests.sendAgain();
  }

  // Nothing of an earlier session is of use: neither what was asked of it nor what it asked.
  #beginAnew(): void {
    this.requests.loseAnswers();
    this.outbox.removeAnswers();
    this.answers.forget();
  }

  // --- frames ---

  #unsendable(frame: Pick<Outgoing, "route" | "body">): RequestError | null {
    const { route, body } = frame;
    if (!this.routed && route !== null && route.length > 0) {
      return refusal("no_route", "This server knows no routes");
    }
    const length = frameBytes({ route, body }, this.routed) - 4;
    if (length <= this.#frameBytesMax) return null;
    const most = `the server takes ${this.#frameBytesMax}`;
    return refusal("frame_too_large", `Cannot send a frame of ${length} bytes: ${most}`);
  }

  // Where there is no room the server's own time-out tells it that no answer comes.
  #sendAnswer(frame: Outgoing): void {
    if (this.outbox.add(frame)) this.flushSoon();
  }
}

function refusedBy({ code, name, message, by }: EndReason): RequestError {
  return new RequestError(code, name, `The client is closed: ${message}`, by);
}
