// Many sessions: accepts and admits them, gives them turns and time, ends them when it drains.

import { Prng } from "../base/prng.ts";
import type { CodeName } from "../codec/codes.ts";
import { Frame } from "../codec/frame.ts";
import type { Policies } from "../limits/policies.ts";
import type { ServerLimits } from "../limits/server.ts";
import { count, Counters } from "../observe/counters.ts";
import { disconnect, type Ending } from "../session/ending.ts";
import { flush } from "../session/flushing.ts";
import { Link } from "../session/link.ts";
import { Gather } from "../session/gather.ts";
import { HeldBytes } from "../session/held_bytes.ts";
import type { Elsewhere, SessionOwner, WheelEntry } from "../session/owner.ts";
import { continueReading } from "../session/reading.ts";
import { Session } from "../session/session.ts";
import type { Address, Connection, ConnectionHandler, Listener } from "../transport/transport.ts";
import { Admission } from "./admission.ts";
import { Budgets } from "./budgets.ts";
import { Draining } from "./draining.ts";
import { type Watcher, Watchers } from "./events.ts";
import { guarded } from "./guarded.ts";
import type { Handler } from "./handler.ts";
import type { ServerOptions } from "./options.ts";
import { Registry } from "./registry.ts";
import { ID_BYTES, sessionId } from "./session_id.ts";
import { SessionIndex } from "./session_index.ts";
import { logEvents } from "./session_log.ts";
import { Sockets } from "./sockets.ts";
import { Waiting } from "./waiting.ts";
import { TimerWheel } from "./timer_wheel.ts";
import { Turns } from "./turns.ts";

/** A server: `listen()`, and `drain()` when it is over. */
export class Server implements SessionOwner {
  limits: ServerLimits;
  policies: Policies;
  readonly node: string;
  readonly product: string;
  readonly counters: Counters = new Counters();
  readonly held: HeldBytes = new HeldBytes();
  readonly gather: Gather = new Gather();
  readonly frame: Frame = new Frame();
  readonly registry: Registry;
  /** The sessions of each user that has one. */
  readonly users: SessionIndex = new SessionIndex();
  readonly admission: Admission;
  readonly draining: Draining = new Draining();
  /** Sessions that wait for their clients. */
  readonly waiting: Waiting;
  /** Set by whoever joins this node to others. */
  elsewhere: Elsewhere | null = null;

  readonly #options: ServerOptions;
  readonly #handler: Handler;
  readonly #budgets: Budgets;
  readonly #turns: Turns;
  readonly #wheel: TimerWheel;
  readonly #prng: Prng;
  readonly #listeners: Listener[] = [];
  readonly #watchers: Watchers = new Watchers();
  readonly #sockets: Sockets = new Sockets();

  constructor(options: ServerOptions) {
    this.limits = options.limits;
    this.policies = options.policies;
    this.node = options.node;
    this.product = options.product;
    this.#options = options;
    this.registry = new Registry(options.seats);
    this.#handler = guarded(
      options.handler,
      ({ id }, error) =>
        options.log("error", "handler failed", { session: id, error: detailOf(error) }),
    );
    this.#watchers.add(logEvents(options.log));
    this.#turns = new Turns(
      options.clock,
      flush,
      (session, error) => this.sessionFaulted(session, error),
      () => this.#budgets.enforce(),
    );
    this.admission = new Admission(this, this.registry, this.users, options.clock);
    this.waiting = new Waiting({ ...options, owner: this });
    const registries = [this.registry, this.waiting.registry];
    this.#budgets = new Budgets(this.held, registries, options.limits, options.memoryBytes);
    this.#wheel = new TimerWheel(options.clock, (fire) => this.#turns.run(fire));
    const [a, b, c, d] = options.randomBytes(4);
    this.#prng = new Prng((a! << 24) | (b! << 16) | (c! << 8) | d!);
  }

  get now(): number {
    return this.#turns.now;
  }

  random(): number {
    return this.#prng.unit();
  }

  get isDraining(): boolean {
    return this.draining.isBegun;
  }

  /**
   * Begins to accept; the first time, sessions that were kept wait for their clients from now on.
   *
   * @returns Where it listens; the port is the real one where 0 was asked for.
   * @throws {Error} If the address cannot be bound, or the sessions cannot be read.
   */
  listen(at: Address): Address {
    const listener = this.#options.transport.listen(at, (connection) => this.#accept(connection));
    if (this.#listeners.push(listener) === 1) this.waiting.load();
    return listener.address;
  }

  /**
   * Shuts down: accepts no more, tells every session when to come back, lets running requests finish within
   * `drainGraceMs`, and calls `drained` when the last socket is gone. A second call only replaces `drained`.
   */
  drain(drained: () => void): void {
    if (!this.draining.begin(drained)) return;
    for (const listener of this.#listeners) listener.close();
    const sessions = this.registry.size;
    this.#options.log("info", "draining", { sessions });
    this.#turns.run(() => {
      const stepMs = this.limits.drainSpreadMs / Math.max(1, sessions);
      let place = this.#prng.unit();
      this.registry.forEach((session) => this.#sendAway(session, Math.floor(place++ * stepMs)));
      for (const session of this.admission.takeWaiting()) this.#sendAway(session);
    });
    this.#checkDrained();
  }

  /** Works by other limits and policies from now on; what is sized at a session's start holds for new ones. */
  reconfigure(limits: ServerLimits, policies: Policies): void {
    this.limits = limits;
    this.policies = policies;
    this.#budgets.resize(limits);
  }

  /** Runs `work` as one turn: what it sends goes out at its end. */
  turn<Result>(work: () => Result): Result {
    this.#turns.enter();
    try {
      return work();
    } finally {
      this.#turns.leave();
    }
  }

  /** Has `watcher` called for each event from now on; the returned function ends that. */
  watch(watcher: Watcher): () => void {
    return this.#watchers.add(watcher);
  }

  // --- what sessions ask for ---

  enterTurn(): void {
    this.#turns.enter();
  }

  leaveTurn(): void {
    this.#turns.leave();
  }

  touch(session: Session): void {
    this.#turns.touch(session);
  }

  touchLater(session: Session): void {
    this.#turns.touchLater(session);
  }

  continueLater(session: Session): void {
    this.#options.clock.afterIo(() =>
      this.#turns.run(() => {
        try {
          continueReading(session);
        } catch (error) {
          this.sessionFaulted(session, error);
        }
      })
    );
  }

  wakeAt(entry: WheelEntry, at: number): void {
    this.#wheel.schedule(entry, at);
  }

  letSleep(entry: WheelEntry): void {
    this.#wheel.cancel(entry);
  }

  request(session: Session, frame: Frame): void {
    this.#handler.request(session, frame);
  }

  notification(session: Session, frame: Frame): void {
    this.#handler.notification(session, frame);
  }

  limitHit(session: Session, name: CodeName): boolean {
    count(this.counters.limitHits, name);
    this.#watchers.tell({ type: "limit", session, name });
    return this.policies.limitsMode === "enforce";
  }

  admitUser(session: Session): boolean {
    return this.admission.enterUser(session);
  }

  sessionSlow(session: Session, framesDropped: number): void {
    this.counters.broadcastsDropped += framesDropped;
    this.#watchers.tell({ type: "slow", session, framesDropped });
  }

  sessionFaulted(session: Session, error: unknown): void {
    this.#options.log("error", "fault", { session: session.id, error: detailOf(error) });
    session.connection.terminate();
  }

  sessionOpened(session: Session): void {
    this.#watchers.tell({ type: "connected", session });
  }

  sessionResumed(session: Session): void {
    this.counters.resumed++;
    this.#watchers.tell({ type: "resumed", session });
  }

  keepWaiting(session: Session, ending: Ending): Session | null {
    const husk = this.waiting.keep(session, ending);
    if (husk !== null) this.#watchers.tell({ type: "waiting", session, ending });
    return husk;
  }

  sessionMoved(session: Session): void {
    this.counters.moved++;
    this.#watchers.tell({ type: "moved", session });
  }

  sessionEnded(session: Session): void {
    // One that ends without a connection has waited.
    (session.state === "closed" ? this.waiting.registry : this.registry).remove(session);
    this.letSleep(session);
    this.waiting.forget(session);
    this.admission.leave(session);
    const { name, by } = session.ending!;
    count(this.counters.closed, `${name},${by}`);
    if (session.bytesReceived === 0 && name === "transport_lost") this.counters.probes++;
    this.#watchers.tell({ type: "ended", session });
  }

  socketClosed(session: Session): void {
    this.#wheel.cancel(session);
    this.#sockets.remove(session);
    this.#checkDrained();
  }

  mayLinger(): boolean {
    return this.#sockets.mayLinger();
  }

  // --- accepting ---

  #accept(connection: Connection): ConnectionHandler {
    this.#sockets.add();
    this.counters.accepted++;
    this.#turns.enter();
    try {
      const id = sessionId(this.#options.randomBytes(ID_BYTES), this.#options.nodeId);
      const session = new Session(id, connection, this);
      const link = new Link(session);
      if (this.isDraining) this.#sendAway(session);
      else this.admission.offer(session);
      return link;
    } finally {
      this.#turns.leave();
    }
  }

  #sendAway(session: Session, retryAfterMs: number = this.limits.drainSpreadMs): void {
    disconnect(session, "draining", "server", "The server is shutting down", { retryAfterMs });
  }

  #checkDrained(): void {
    this.draining.check(this.#sockets.open, (over) => {
      const done = () => {
        this.#options.log("info", "drained", {});
        over();
      };
      this.#turns.run(() => this.waiting.close(done));
    });
  }
}

function detailOf(error: unknown): string {
  return error instanceof Error ? error.stack ?? error.message : String(error);
}
