// A server with routes, groups and users: what applications are written against.

import type { Frame } from "../codec/frame.ts";
import type { Histogram } from "../observe/histogram.ts";
import { histogramOf } from "../observe/latencies.ts";
import type { LogFields, LogLevel } from "../observe/log.ts";
import type { ServerEvent } from "../server/events.ts";
import type { Handler } from "../server/handler.ts";
import type { ServerOptions } from "../server/options.ts";
import { Server } from "../server/server.ts";
import { fail } from "../session/ending.ts";
import type { Session } from "../session/session.ts";
import type { Ending } from "../session/ending.ts";
import type { Address } from "../transport/transport.ts";
import { Audience, type SelectOptions, type Sent } from "./audience.ts";
import { type CallOwner, serve } from "./call.ts";
import { compose, type Middleware, type RouteHandler } from "./compose.ts";
import { type HandlerLog, handlerLog } from "./context.ts";
import { type Endpoint, refusing } from "./endpoint.ts";
import { Groups } from "./groups.ts";
import type { Payload } from "./payload.ts";
import { takeRoute } from "./route_name.ts";
import { Router } from "./router.ts";
import { SessionHandle } from "./session_handle.ts";

/** What an application is made of. */
export interface AppOptions extends Omit<ServerOptions, "handler"> {
  /** Serves the default route where no handler of the application's does; nobody, unless given. */
  readonly fallback?: (app: App) => Endpoint;
  /** What the program was told, for applications to read. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** What happens to sessions: past the handshake; back after a break; ended, with the reason. */
export interface AppEvents {
  connect: (session: SessionHandle) => unknown;
  resume: (session: SessionHandle) => unknown;
  disconnect: (session: SessionHandle, ending: Ending) => unknown;
}

/** What an application hears of the server's events. */
const TOLD: Partial<Record<ServerEvent["type"], keyof AppEvents>> = {
  connected: "connect",
  resumed: "resume",
  ended: "disconnect",
};

const NO_ROUTE = refusing("no_route", "Nobody serves this route");

/** An application: `route()`, `use()` and `on()`, then `listen()`, and `drain()` when it is over. */
export class App implements CallOwner {
  readonly server: Server;
  readonly groups: Groups = new Groups();
  /** Every session past its handshake. */
  readonly everyone: Audience;

  readonly #options: AppOptions;
  readonly #router: Router = new Router();
  readonly #routes: { handler: RouteHandler; latency: Histogram }[] = [];
  readonly #middleware: Middleware[] = [];
  readonly #timers: Set<() => void> = new Set();
  readonly #onDrain: (() => unknown)[] = [];
  #default: Endpoint = NO_ROUTE;

  constructor(options: AppOptions) {
    this.#options = options;
    const handler: Handler = {
      request: (session, frame) => this.#serve(session, frame, "request"),
      notification: (session, frame) => this.#serve(session, frame, "notification"),
    };
    this.server = new Server({ ...options, handler: () => handler });
    this.everyone = new Audience(this, (visit) => {
      // In this order: one that loses its connection over what it is sent is not met again among those who wait.
      this.server.waiting.registry.forEach(visit);
      this.server.registry.forEach(visit);
    });
    this.server.watch((event) => this.#noteEnd(event));
    if (options.fallback) this.#default = options.fallback(this);
  }

  // --- before it listens ---

  /**
   * Has `handler` serve `pattern`: a name (words of `a-z 0-9 _ -` with dots between them); `name.*` for everything below
   * it; `*` for what nobody else serves; "" for the default route. The most specific one wins.
   *
   * @throws {Error} If the pattern is none, is taken, or the server listens already.
   */
  route(pattern: string, handler: RouteHandler): void {
    const { requests } = this.server.counters.latencies;
    const route = { handler, latency: histogramOf(requests, pattern === "" ? "default" : pattern) };
    this.#routes.push(route);
    this.endpoint(pattern, {
      request: (session, frame, name) => serve(this, session, frame, name, true, route),
      notification: (session, frame, name) => serve(this, session, frame, name, false, route),
    });
  }

  /** The same for an endpoint, which middleware does not see. */
  endpoint(pattern: string, endpoint: Endpoint): void {
    this.#router.add(pattern, endpoint);
    if (pattern === "") this.#default = endpoint;
  }

  /**
   * Puts `middleware` around the handlers of all routes, inside of what was put there before.
   *
   * @throws {Error} If the server listens already.
   */
  use(middleware: Middleware): void {
    if (this.#router.isFrozen) throw new Error("Cannot add middleware: the server listens already");
    this.#middleware.push(middleware);
  }

  /**
   * Has `listener` called whenever it happens; the returned function ends that. What it throws is logged.
   *
   * @throws {Error} If there is no such event.
   */
  on<Event extends keyof AppEvents>(event: Event, listener: AppEvents[Event]): () => void {
    const known = Object.values(TOLD);
    if (!known.includes(event)) {
      throw new Error(`Cannot listen to "${event}": the events are ${known.join(", ")}`);
    }
    return this.server.watch(({ type, session }) => {
      if (session.openedAt === Infinity) return;
      const handle = this.handleOf(session);
      if (TOLD[type] === event && event !== "disconnect") {
        this.#guard(event, session, () => (listener as AppEvents["connect"])(handle));
      } else if (TOLD[type] === event) {
        this.#guard(event, session, () => listener(handle, session.ending!));
      }
    });
  }

  /**
   * Freezes the routes and begins to accept.
   *
   * @returns Where it listens; the port is the real one where 0 was asked for.
   * @throws {Error} If the address cannot be bound, or sessions that were kept cannot be read.
   */
  listen(at: Address): Address {
    if (!this.#router.isFrozen) {
      this.#router.freeze();
      for (const route of this.#routes) route.handler = compose(this.#middleware, route.handler);
    }
    const address = this.server.listen(at);
    this.server.waiting.registry.forEach((session) => this.groups.rejoin(session));
    return address;
  }

  // --- while it runs ---

  /** The session with this id, also one that waits for its client; undefined where there is none. */
  session(id: string): SessionHandle | undefined {
    const session = this.server.registry.get(id) ?? this.server.waiting.registry.get(id);
    return session?.isReachable ? this.handleOf(session) : undefined;
  }

  /** The sessions in the group `name`. */
  group(name: string): Audience {
    return new Audience(this, (visit) => this.groups.members(name).forEach(visit));
  }

  /** The sessions of the user `id`. */
  user(id: string): Audience {
    return new Audience(this, (visit) => this.server.users.get(id).forEach(visit));
  }

  /** Sends a Broadcast to everyone. */
  broadcast(payload: Payload, options: SelectOptions = {}): Sent {
    return this.everyone.broadcast(payload, options);
  }

  /** What the program was told; empty where nobody said. */
  get config(): Readonly<Record<string, unknown>> {
    return this.#options.config ?? {};
  }

  /** Writes log lines that belong to no session. */
  get log(): HandlerLog {
    return handlerLog((level, message, fields) => this.#log(level, message, fields));
  }

  /**
   * Calls `work` every `ms` milliseconds until the server drains; the returned function ends that sooner.
   *
   * @throws {RangeError} If it is less than one millisecond.
   */
  every(ms: number, work: () => unknown): () => void {
    if (!(ms >= 1)) throw new RangeError(`Cannot do something every ${ms} ms: it takes 1 or more`);
    let cancel: () => void;
    const stop = () => {
      this.#timers.delete(stop);
      cancel();
    };
    const arm = () => {
      cancel = this.#options.clock.schedule(ms, () => {
        this.#guard("every", null, work);
        if (this.#timers.has(stop)) arm();
      });
    };
    this.#timers.add(stop);
    arm();
    return stop;
  }

  /**
   * Calls `work` when the server begins to drain, as long as sessions can still be reached. A promise that it returns
   * is waited for, at most `drainGraceMs`, while the sessions end.
   */
  onDrain(work: () => unknown): void {
    this.#onDrain.push(work);
  }

  /** Shuts down, see `Server.drain()`; resolves when the last socket is gone, and what `onDrain()` began is over. */
  async drain(): Promise<void> {
    for (const stop of [...this.#timers]) stop();
    const begun = this.#onDrain.splice(0).map((work) => this.#guard("drain", null, work));
    const drained = new Promise<void>((resolve) => this.server.drain(resolve));
    if (begun.length > 0) await this.#withinGrace(Promise.all(begun));
    await drained;
  }

  // --- for its own parts ---

  handleOf(session: Session): SessionHandle {
    return (session.handle ??= new SessionHandle(this, session)) as SessionHandle;
  }

  logOf(session: Session, route: string): HandlerLog {
    return handlerLog((level, message, fields) =>
      this.#log(level, message, { session: session.id, route, ...fields })
    );
  }

  callFailed(session: Session, route: string, error: unknown): void {
    this.#failed({ session: session.id, route }, error);
  }

  #serve(session: Session, frame: Frame, as: "request" | "notification"): void {
    if (!session.speaksRoutes) return this.#default[as](session, frame, "");
    const route = takeRoute(frame);
    if (route === undefined) {
      if (as === "request") session.requestsRunning--;
      return fail(session, "bad_payload", "The route reaches past the payload", frame);
    }
    const endpoint = route === "" ? this.#default : this.#router.find(route) ?? NO_ROUTE;
    endpoint[as](session, frame, route);
  }

  #noteEnd({ type, session }: ServerEvent): void {
    if (type === "ended") this.groups.leaveAll(session);
  }

  // Runs what belongs to the application: what it throws, now or later, ends nothing. Resolves when it is over.
  #guard(what: string, session: Session | null, work: () => unknown): Promise<unknown> {
    const failed = (error: unknown) =>
      this.#failed({ ...(session === null ? {} : { session: session.id }), on: what }, error);
    try {
      return Promise.resolve(work()).catch(failed);
    } catch (error) {
      failed(error);
      return Promise.resolve();
    }
  }

  #withinGrace(work: Promise<unknown>): Promise<void> {
    return new Promise((resolve) => {
      const giveUp = this.#options.clock.schedule(this.server.limits.drainGraceMs, resolve);
      work.then(giveUp).then(resolve);
    });
  }

  #failed(fields: LogFields, error: unknown): void {
    const text = error instanceof Error ? error.stack ?? error.message : String(error);
    this.#options.log("error", "handler failed", { ...fields, error: text });
  }

  #log(level: LogLevel, message: string, fields: LogFields): void {
    this.#options.log(level, "application", { message, ...fields });
  }
}
