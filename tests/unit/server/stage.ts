// A server on a simulated network in virtual time, for the tests of sessions, server and handlers.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { Prng } from "../../../src/base/prng.ts";
import type { Bus } from "../../../src/bus/bus.ts";
import type { CodeName } from "../../../src/codec/codes.ts";
import { echo } from "../../../src/handlers/echo.ts";
import { DEFAULT_POLICIES, type Policies } from "../../../src/limits/policies.ts";
import { DEFAULT_LIMITS, type ServerLimits } from "../../../src/limits/server.ts";
import type { LogEvent, LogFields, LogLevel } from "../../../src/observe/log.ts";
import type { NetworkOptions } from "../../../src/runtime/sim/network.ts";
import type { App } from "../../../src/messaging/app.ts";
import { Application } from "../../../src/messaging/application.ts";
import type { Endpoint } from "../../../src/messaging/endpoint.ts";
import { World } from "../../../src/runtime/sim/world.ts";
import type { Server } from "../../../src/server/server.ts";
import type { SessionStore } from "../../../src/server/session_store.ts";
import type { Link } from "../../../src/session/link.ts";
import type { Session } from "../../../src/session/session.ts";
import type {
  Address,
  Connection,
  ConnectionHandler,
  Transport,
} from "../../../src/transport/transport.ts";
import { Client, handshake } from "./client.ts";

/** A deadline is noticed at most this many milliseconds late: a slot of the timer wheel. */
export const SLOT_MS = 50;

/** What differs from a server with every bound at its default and the `echo` handler. */
export interface StageOptions {
  readonly limits?: Partial<ServerLimits>;
  readonly handshakeRequired?: boolean;
  readonly policies?: Partial<Policies>;
  readonly memoryBytes?: number;
  /** Serves the default route. */
  readonly fallback?: (app: App) => Endpoint;
  /** Registers routes, middleware and listeners. */
  readonly routes?: (app: Application) => void;
  readonly network?: Partial<NetworkOptions>;
  readonly seed?: number;
  /** A stage that was here before: this one is in its world, at its address. */
  readonly after?: Stage;
  /** A stage in whose world this one is, at an address of its own. */
  readonly beside?: { readonly world: World } | undefined;
  /** The number of this node, where it is one of several. */
  readonly nodeId?: number;
  /** Reaches the other ones. */
  readonly bus?: Bus;
  /** Keeps sessions for another stage. */
  readonly store?: SessionStore;
  /** Hears of each session as soon as it is accepted. */
  readonly onSession?: (session: Session) => void;
  /** Hears of faults; without it they end the test. */
  readonly onFault?: (error: unknown) => void;
}

export interface LogLine {
  readonly level: LogLevel;
  readonly event: LogEvent;
  readonly fields: LogFields;
}

/** The stage, with the server listening. */
export class Stage {
  readonly world: World;
  readonly app: Application;
  readonly server: Server;
  readonly limits: ServerLimits;
  readonly log: LogLine[] = [];
  /** Every session there ever was, in the order in which they were accepted. */
  readonly sessions: Session[] = [];
  readonly address: Address;
  readonly transport: Transport;
  /** Hands a connection to the server, as its listener does. */
  accept!: (connection: Connection) => ConnectionHandler;

  constructor(options: StageOptions = {}) {
    const { limits, handshakeRequired = true, fallback = echo, network, seed = 1 } = options;
    const prng = new Prng(seed);
    this.world = options.after?.world ?? options.beside?.world ?? new World(seed, network);
    this.limits = { ...DEFAULT_LIMITS, ...limits };
    this.transport = this.world.transport(
      options.onFault ?? ((error) => {
        throw error;
      }),
    );
    this.app = new Application({
      transport: this.#noticing(this.transport, options.onSession),
      clock: this.world.clock,
      randomBytes: (length) => Uint8Array.from({ length }, () => prng.between(0, 255)),
      digest: (bytes) => createHash("sha256").update(bytes).digest(),
      limits: this.limits,
      memoryBytes: options.memoryBytes ?? 2 ** 40,
      policies: { ...DEFAULT_POLICIES, handshakeRequired, ...options.policies },
      fallback,
      ...(options.store === undefined ? {} : { store: options.store }),
      log: (level, event, fields) => void this.log.push({ level, event, fields }),
      node: "node-1",
      ...(options.nodeId === undefined ? {} : { nodeId: options.nodeId }),
      ...(options.bus === undefined ? {} : { bus: options.bus }),
      product: "tcp-server/test",
    });
    this.server = this.app.server;
    options.routes?.(this.app);
    this.address = this.app.listen(options.after?.address ?? { host: "127.0.0.1", port: 0 });
  }

  get now(): number {
    return this.world.clock.now();
  }

  /** Lets `ms` pass; the sums of the server are checked then. */
  run(ms: number): void {
    this.world.runFor(ms);
    this.checkSums();
  }

  /** Lets everything be said that is on its way, which takes no more than a few milliseconds. */
  settle(): void {
    this.run(20);
  }

  /** A client that is connected and has said nothing. */
  connect(): Client {
    let client: Client | undefined;
    this.transport.connect(this.address, (connection) => {
      const { server } = this.world.streamOf(connection);
      const session = this.sessions.find((session) => session.connection === server)!;
      return client = new Client(connection, session);
    }, (error) => {
      throw error;
    });
    this.world.runUntil(() => client !== undefined);
    return client!;
  }

  /** A client past its handshake; what it heard until then is forgotten. */
  open(json = ""): Client {
    const client = this.connect();
    client.send(handshake(json));
    this.world.runUntil(() => client.frames.length > 0);
    client.frames.length = client.heard.length = 0;
    return client;
  }

  /** The lines of the log about one event. */
  logged(event: LogEvent): LogFields[] {
    return this.log.filter((line) => line.event === event).map((line) => line.fields);
  }

  /** How many sessions ended as `name`, whoever ended them. */
  closed(name: CodeName): number {
    let sum = 0;
    for (const [key, count] of this.server.counters.closed) {
      if (key.startsWith(`${name},`)) sum += count;
    }
    return sum;
  }

  /** Asserts what is true at any moment: nobody is lost, and nobody is counted twice. */
  checkSums(): void {
    const { counters, registry } = this.server;
    const closed = [...counters.closed.values()].reduce((sum, count) => sum + count, 0);
    const waits = (session: Session) =>
      session.admittedAt === Infinity && !session.ending && session.link?.session === session;
    const waiting = this.sessions.filter(waits).length;
    const lost = this.server.waiting.registry.size;
    const gone = closed + counters.resumed + counters.kept + counters.moved;
    const came = counters.accepted + counters.restored + counters.takenOver;
    assert.equal(came, registry.size + waiting + lost + gone, "nobody is lost or counted twice");
    assert.equal(this.sessions.length, counters.accepted);
    assert.equal(this.logged("session ended").length + this.logged("refused").length, closed);
  }

  /** Asserts that nothing is left: no session, no socket, no timer. */
  checkEmpty(): void {
    this.checkSums();
    assert.equal(this.server.registry.size, 0, "sessions are left");
    assert.equal(this.server.waiting.registry.size, 0, "sessions wait");
    assert.equal(this.world.openStreams.size, 0, "streams are left");
    assert.equal(this.world.timers, 0, "timers are left");
  }

  #noticing(transport: Transport, onSession?: (session: Session) => void): Transport {
    return {
      ...transport,
      listen: (at, accept) => {
        this.accept = (connection) => {
          const link = accept(connection) as Link;
          this.sessions.push(link.session);
          onSession?.(link.session);
          return link;
        };
        return transport.listen(at, this.accept);
      },
    };
  }
}
