// A day of a server with everything it has, in virtual time. Who comes and goes is in guests.ts.

import { setImmediate } from "node:timers/promises";
import { Prng } from "../../src/base/prng.ts";
import type { Bus } from "../../src/bus/bus.ts";
import { Hub } from "../../src/bus/hub.ts";
import { joinHere } from "../../src/bus/join_here.ts";
import { Client } from "../../src/client/client.ts";
import type { ClientOptions } from "../../src/client/options.ts";
import { makePlatform, type Platform } from "../../src/client/platform.ts";
import { type Joined, joinNodes } from "../../src/cluster/join.ts";
import { backend } from "../../src/handlers/backend.ts";
import { BackendClient } from "../../src/handlers/backend_client.ts";
import { BackendEvents } from "../../src/handlers/backend_events.ts";
import { listenFor } from "../../src/handlers/backend_listener.ts";
import { chat } from "../../src/handlers/chat.ts";
import { echo } from "../../src/handlers/echo.ts";
import { sys } from "../../src/handlers/sys.ts";
import type { Application } from "../../src/messaging/application.ts";
import type { Stream } from "../../src/runtime/sim/stream.ts";
import { World } from "../../src/runtime/sim/world.ts";
import type { Clock, Connection } from "../../src/transport/transport.ts";
import { AdminStage } from "../unit/admin/admin_stage.ts";
import { Disk, memoryStore } from "../unit/store/memory_store.ts";

/** Promises are given turns this often: what a handler answers later is answered within a second. */
const SLICE_MS = 1000;

const MINUTE_MS = 60_000;

const ALL = {
  echo: true,
  info: true,
  join: true,
  joinPattern: "",
  leave: true,
  publish: true,
  tell: true,
};

/** A client, and a way to break its connection. */
export interface Guest {
  readonly client: Client;
  /** The stream of its connection. */
  stream(): Stream;
}

/** One of the nodes of the server, with the sessions it keeps beyond its process. */
export interface DayNode {
  readonly stage: AdminStage;
  readonly disk: Disk;
  /** Null where it is the only one. */
  readonly joined: Joined | null;
}

/** One day. */
export class Day {
  readonly nodes: readonly DayNode[];
  readonly world: World;
  readonly clock: Clock;
  readonly #platform: Platform;
  readonly #prng = new Prng(1);

  private constructor(nodes: readonly DayNode[], world: World) {
    const { stage } = nodes[0]!;
    this.nodes = nodes;
    this.world = world;
    this.clock = world.clock;
    const host = {
      clock: this.clock,
      randomBytes: (length: number) => new Uint8Array(length),
      transport: () => stage.transport,
    };
    const defer = (callback: () => void) => void this.clock.schedule(0, callback);
    this.#platform = makePlatform(host, defer, (error) => {
      throw error;
    });
  }

  /** A server of so many nodes begins to listen: built-in routes, chat rooms, a backend, a store, the admin API. */
  static async begin(count: number): Promise<Day> {
    const world = new World(1);
    const hub = new Hub();
    const nodes: DayNode[] = [];
    for (let nodeId = 1; nodeId <= count; nodeId++) {
      nodes.push(
        await beginNode(world, count === 1 ? null : joinHere(hub, nodeId, world.clock).bus),
      );
    }
    return new Day(nodes, world);
  }

  /** Any node, for whoever comes now. */
  get stage(): AdminStage {
    return this.nodes[this.#prng.between(0, this.nodes.length - 1)]!.stage;
  }

  /** A client that begins to connect. */
  connect(options: Omit<ClientOptions, "address">): Guest {
    let last: Connection;
    const { transport } = this.#platform;
    const noticing: typeof transport = {
      ...transport,
      connect: (_, opened, failed) =>
        transport.connect(
          this.stage.address,
          (connection) => opened(last = connection),
          failed,
        ),
    };
    const platform = { ...this.#platform, transport: noticing };
    const client = new Client({ ...options, address: this.nodes[0]!.stage.address }, platform);
    return { client, stream: () => this.world.streamOf(last) };
  }

  /** Resolves after so many minutes of virtual time. */
  minutes(count: number): Promise<void> {
    return new Promise((resolve) => void this.clock.schedule(count * MINUTE_MS, resolve));
  }

  /** Lets time pass until `end`, and everything happen that is to happen by then. */
  async passUntil(end: number): Promise<void> {
    const { world, clock } = this;
    while (clock.now() < end) {
      world.runFor(Math.min(SLICE_MS, end - clock.now()));
      // Bodies of HTTP answers take turns of their own.
      await setImmediate();
      // A stage remembers everybody for its sums, which a day would not end with.
      for (const { stage } of this.nodes) {
        stage.sessions.length = stage.log.length = stage.adminLog.length = 0;
      }
    }
  }
}

async function beginNode(world: World, bus: Bus | null): Promise<DayNode> {
  const { clock } = world;
  const disk = new Disk();
  const stage = await AdminStage.open({
    beside: { world },
    fallback: chat,
    store: memoryStore(disk, () => clock.now()),
    routes: (app) => addRoutes(app, clock),
    // Each of them has the server keep something.
    limits: {
      acceptRate: 1000,
      connectionsPerAddress: 1000,
      sessionsPerUser: 2,
      framesPerSecond: 1000,
    },
    ...(bus === null ? {} : { bus, nodeId: bus.self, seed: bus.self }),
  });
  const joined = bus === null ? null : joinNodes(stage.app, bus, clock);
  return { stage, disk, joined };
}

function addRoutes(app: Application, clock: Clock): void {
  const later = (ms: number) => new Promise<void>((resolve) => void clock.schedule(ms, resolve));
  sys(app, ALL);
  app.use((c, next) => {
    c.state["since"] = clock.now();
    return next();
  });
  app.endpoint("echo", echo());
  app.route("late", async (c) => {
    const stop = app.every(500, () => {});
    await later(2000);
    stop();
    return c.bytes();
  });
  app.route("hang", (c) => new Promise((_, reject) => c.signal.addEventListener("abort", reject)));
  app.route("throw", () => {
    throw new Error("The handler fails as it is meant to");
  });
  app.route("keep", (c) => {
    c.session.data = { kept: c.text() };
  });
  // It outlives everybody who is asked.
  const { signal } = new AbortController();
  app.route("ask", (c) => c.session.request("question", "Really?", { signal }));
  app.route("poll", async (c) => {
    const options = { first: 2, signal };
    const answers = await app.group(c.text()).request("question", "Who?", options);
    return String(answers.length);
  });
  app.every(10 * MINUTE_MS, () => void app.broadcast("ten minutes more"));
  addBackend(app, clock);
}

function addBackend(app: Application, clock: Clock): void {
  const log = () => {};
  const client = new BackendClient({
    url: "http://backend.example/",
    timeoutMs: 30_000,
    concurrency: 4,
    fetch: () => Promise.resolve(new Response("done")),
    clock,
    log,
    latencies: app.server.counters.latencies.backend,
  });
  app.route("orders.*", backend(app, client, log));
  const events = new BackendEvents({ client, clock, log });
  listenFor(app, ["connect", "resume", "disconnect"], events, () => 1000);
}
