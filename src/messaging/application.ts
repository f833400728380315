// The one implementation of `App`: a server with routes, groups and users. What is public of it, and what that means, is
// in app.ts.

import type { Bus } from "../bus/bus.ts";
import type { Frame } from "../codec/frame.ts";
import type { ServerLimits } from "../limits/server.ts";
import type { Histogram } from "../observe/histogram.ts";
import { histogramOf } from "../observe/latencies.ts";
import type { LogFields, LogLevel } from "../observe/log.ts";
import type { ServerEvent } from "../server/events.ts";
import type { Handler } from "../server/handler.ts";
import type { ServerOptions } from "../server/options.ts";
import { Server } from "../server/server.ts";
import { fail } from "../session/ending.ts";
import type { Session } from "../session/session.ts";
import type { Address } from "../transport/transport.ts";
import type { App } from "./app.ts";
import { appBus } from "./app_bus.ts";
import type { AppEvents } from "./app_events.ts";
import { Audience, type SelectOptions, type Sent } from "./audience.ts";
import { type CallOwner, serve } from "./call.ts";
import { compose, type Middleware, type RouteHandler } from "./compose.ts";
import { type HandlerLog, handlerLog } from "./context.ts";
import { type Endpoint, refusing } from "./endpoint.ts";
import { Groups } from "./groups.ts";
import type { Payload } from "./payload.ts";
import { takeRoute } from "./route_name.ts";
import type { Remote, SessionReference } from "./remote.ts";
import { Router } from "./router.ts";
import { SessionHandle } from "./session_handle.ts";

/** What an application is made of. */
export interface AppOptions extends Omit<ServerOptions, "handler"> {
  /** Serves the default route where no handler of the application's does; nobody, unless given. */
  readonly fallback?: (app: App) => Endpoint;
  /** What the program was told, for applications to read. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Reaches the other nodes, where this one is one of several. */
  readonly bus?: Bus;
}

/** What an application hears of the server's events. */
const TOLD: Partial<Record<ServerEvent["type"], keyof AppEvents>> = {
  connected: "connect",
  resumed: "resume",
  moved: "move",
  ended: "disconnect",
};

const NO_ROUTE = refusing("no_route", "Nobody serves this route");

/** An application, and what its own parts and the admin API need of it beside that. */
export class Application implements App, CallOwner {
  readonly server: Server;
  readonly groups: Groups = new Groups((name) => this.remote?.groupChanged(name));
  readonly everyone: Audience;
  readonly bus: Bus | null;
  /** Set by whoever joins this node to others; null: it is the whole server. */
  remote: Remote | null = null;

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
    this.server = new Server({ ...options, handler });
    this.everyone = new Audience(this, (visit) => {
      // In this order: one that loses its connection over what it is sent is not met again among those who wait.
      this.server.waiting.registry.forEach(visit);
      this.server.registry.forEach(visit);
    }, { kind: "everyone" });
    this.server.watch((event) => this.#noteEnd(event));
    const { bus } = options;
    this.bus = bus === undefined ? null : appBus(bus, (work) => this.#guard("bus", null, work));
    if (options.fallback) this.#default = options.fallback(this);
  }

  // --- before it listens ---

  route(pattern: string, handler: RouteHandler): void {
    const { requests } = this.server.counters.latencies;
    const route = { handler, latency: histogramOf(requests, pattern === "" ? "default" : pattern) };
    this.#routes.push(route);
    this.endpoint(pattern, {
      request: (session: Session, frame, name) => serve(this, session, frame, name, true, route),
      notification: (session: Session, frame, name) =>
        serve(this, session, frame, name, false, route),
    });
  }

  endpoint(pattern: string, endpoint: Endpoint): void {
    this.#router.add(pattern, endpoint);
    if (pattern === "") this.#default = endpoint;
  }

  use(middleware: Middleware): void {
    if (this.#router.isFrozen) throw new Error("Cannot add middleware: the server listens already");
    this.#middleware.push(middleware);
  }

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

  get node(): string {
    return this.server.node;
  }

  get limits(): ServerLimits {
    return this.server.limits;
  }

  get isDraining(): boolean {
    return this.server.isDraining;
  }

  session(id: string): SessionHandle | undefined {
    const session = this.server.registry.get(id) ?? this.server.waiting.registry.get(id);
    return session?.isReachable ? this.handleOf(session) : undefined;
  }

  reach(id: string): SessionReference | undefined {
    return this.session(id) ?? this.remote?.session(id);
  }

  group(name: string): Audience {
    const target = { kind: "group", name } as const;
    return new Audience(this, (visit) => this.groups.members(name).forEach(visit), target);
  }

  user(id: string): Audience {
    const target = { kind: "user", name: id } as const;
    return new Audience(this, (visit) => this.server.users.get(id).forEach(visit), target);
  }

  broadcast(payload: Payload, options: SelectOptions = {}): Sent {
    return this.everyone.broadcast(payload, options);
  }

  get config(): Readonly<Record<string, unknown>> {
    return this.#options.config ?? {};
  }

  get log(): HandlerLog {
    return handlerLog((level, message, fields) => this.#log(level, message, fields));
  }

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

  onDrain(work: () => unknown): void {
    this.#onDrain.push(work);
  }

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
    if (type === "ended" || type === "moved") this.groups.leaveAll(session);
  }

  /** Does what another node asks for: what goes wrong here is logged, and ends nothing. */
  actFor(work: () => unknown): void {
    void this.#guard("bus", null, work);
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
