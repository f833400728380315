// What applications are written against: the public half of `Application`, with what each call means.

import type { Bus } from "../bus/bus.ts";
import type { ServerLimits } from "../limits/server.ts";
import type { Address } from "../transport/transport.ts";
import type { AppEvents } from "./app_events.ts";
import type { Audience, SelectOptions, Sent } from "./audience.ts";
import type { Middleware, RouteHandler } from "./compose.ts";
import type { HandlerLog } from "./context.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Payload } from "./payload.ts";
import type { SessionReference } from "./remote.ts";
import type { SessionHandle } from "./session_handle.ts";

/**
 * A server with routes, groups and users: `route()`, `use()` and `on()`, then `listen()`, and `drain()` when it is over.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { connect, createServer } from "tcp-server";
 *
 * const server = await createServer();
 * server.route("sum", (c) => String(c.json<number[]>().reduce((a, b) => a + b)));
 * const client = await connect({ address: server.listen({ host: "127.0.0.1", port: 0 }) });
 * const answer = await client.request("sum", "[1, 2, 3]");
 * assert.equal(new TextDecoder().decode(answer), "6");
 * await client.close();
 * await server.drain();
 * ```
 */
export interface App {
  /** The name of this node, told to clients. */
  readonly node: string;
  /** The bounds in force, in the units their names say. In the program a reload may change them. */
  readonly limits: ServerLimits;
  /** Whether `drain()` was called: no session stays, and none comes. */
  readonly isDraining: boolean;
  /** What the program was told, effective values; empty where an application of your own is the program. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Writes log lines that belong to no session, as the event `application`. */
  readonly log: HandlerLog;
  /** Every session past its handshake, also those that wait for their clients. */
  readonly everyone: Audience;
  /**
   * How the copies of an application, one on each worker, tell each other what they know; null where there is one worker.
   * What it carries may be lost: say again what must not be. The subjects are the application's alone, but for those that
   * begin with `chat.` or `backend.`.
   *
   * ```ts
   * import assert from "node:assert/strict";
   * import { createServer } from "tcp-server";
   *
   * const server = await createServer();
   * let price: Uint8Array = new Uint8Array();
   * server.bus?.subscribe("price", (bytes) => void (price = bytes.slice()));
   * server.route("price", (c) => server.bus?.publish("price", price = c.bytes()));
   * assert.equal(server.bus, null); // a server in a program of your own has one worker
   * await server.drain();
   * ```
   */
  readonly bus: Bus | null;

  // --- before it listens ---

  /**
   * Has `handler` serve `pattern`: a name (words of `a-z 0-9 _ -` with dots between them, at most 255 bytes); `name.*` for
   * everything below it; `*` for what nobody else serves; "" for the default route, where frames of clients go that do
   * not speak routes. The most specific one wins.
   *
   * ```ts
   * import assert from "node:assert/strict";
   * import { connect, createServer } from "tcp-server";
   *
   * const server = await createServer();
   * server.route("orders.*", (c) => c.fail(3404, `Nobody knows "${c.route}"`));
   * server.route("orders.create", (c) => `created ${c.text()}`);
   * const client = await connect({ address: server.listen({ host: "127.0.0.1", port: 0 }) });
   * const answer = await client.request("orders.create", "7");
   * assert.equal(new TextDecoder().decode(answer), "created 7");
   * await assert.rejects(client.request("orders.cancel", "7"), { code: 3404 });
   * await client.close();
   * await server.drain();
   * ```
   *
   * @throws {Error} If the pattern is none, is taken, or the server listens already.
   */
  route(pattern: string, handler: RouteHandler): void;

  /**
   * The same for an endpoint, e.g. `echo()`: frame by frame, without a context, and middleware does not see it.
   *
   * @throws {Error} As `route()` does.
   */
  endpoint(pattern: string, endpoint: Endpoint): void;

  /**
   * Puts `middleware` around the handlers of all routes, inside of what was put there before.
   *
   * ```ts
   * import assert from "node:assert/strict";
   * import { connect, createServer } from "tcp-server";
   *
   * const server = await createServer();
   * server.use((c, next) => c.session.user === "ann" ? next() : c.fail("route_forbidden"));
   * server.route("diary", () => "Today it rained");
   * const address = server.listen({ host: "127.0.0.1", port: 0 });
   * const client = await connect({ address, user: "bob" });
   * await assert.rejects(client.request("diary", ""), { name: "route_forbidden" });
   * await client.close();
   * await server.drain();
   * ```
   *
   * @throws {Error} If the server listens already.
   */
  use(middleware: Middleware): void;

  /**
   * Has `listener` called whenever `event` happens, in the order of the calls of `on()`; the returned function ends that.
   * What it throws is logged as `handler failed`, and ends nothing.
   *
   * ```ts
   * import assert from "node:assert/strict";
   * import { connect, createServer } from "tcp-server";
   *
   * const server = await createServer();
   * const ended = new Promise((resolve) => server.on("disconnect", (_, ending) => resolve(ending.name)));
   * const client = await connect({ address: server.listen({ host: "127.0.0.1", port: 0 }) });
   * await client.ready();
   * await client.close();
   * assert.equal(await ended, "normal");
   * await server.drain();
   * ```
   *
   * @throws {Error} If there is no such event.
   */
  on<Event extends keyof AppEvents>(event: Event, listener: AppEvents[Event]): () => void;

  /**
   * Freezes the routes and begins to accept. Called again, it listens at one more address.
   *
   * ```ts
   * import assert from "node:assert/strict";
   * import { createServer } from "tcp-server";
   *
   * const server = await createServer();
   * const { host, port } = server.listen({ host: "127.0.0.1", port: 0 });
   * assert.throws(() => server.listen({ host, port }), /Cannot listen/);
   * await server.drain();
   * ```
   *
   * @param at An IP address of this machine, and a port; 0: any free one.
   * @returns Where it listens; the port is the real one where 0 was asked for.
   * @throws {Error} If the address cannot be bound, or sessions that were kept cannot be read.
   */
  listen(at: Address): Address;

  // --- while it runs ---

  /**
   * The session with this id on this worker, also one that waits for its client; undefined where there is none.
   *
   * ```ts
   * import assert from "node:assert/strict";
   * import { connect, createServer } from "tcp-server";
   *
   * const server = await createServer();
   * server.route("who", (c) => c.session.id);
   * const client = await connect({ address: server.listen({ host: "127.0.0.1", port: 0 }), user: "ann" });
   * const id = new TextDecoder().decode(await client.request("who", ""));
   * assert.equal(server.session(id)?.user, "ann");
   * await client.close();
   * await server.drain();
   * ```
   */
  session(id: string): SessionHandle | undefined;

  /**
   * The session with this id on whatever worker; undefined where the id names no worker that lives. Whether a session of
   * another worker is still there shows only when it is asked.
   *
   * ```ts
   * import assert from "node:assert/strict";
   * import { connect, createServer } from "tcp-server";
   *
   * const server = await createServer();
   * server.route("who", (c) => c.session.id);
   * const client = await connect({ address: server.listen({ host: "127.0.0.1", port: 0 }) });
   * const told = new Promise<string>((resolve) => client.on("notification", ({ route }) => resolve(route)));
   * const id = new TextDecoder().decode(await client.request("who", ""));
   * assert.equal(server.reach(id)?.send("mail.new", "3"), "queued");
   * assert.equal(await told, "mail.new");
   * await client.close();
   * await server.drain();
   * ```
   */
  reach(id: string): SessionReference | undefined;

  /**
   * The sessions in the group `name`; nobody, where there is no such group.
   *
   * ```ts
   * import assert from "node:assert/strict";
   * import { connect, createServer } from "tcp-server";
   *
   * const server = await createServer();
   * server.on("connect", (session) => session.join("lobby"));
   * const client = await connect({ address: server.listen({ host: "127.0.0.1", port: 0 }) });
   * const heard = new Promise<Uint8Array>((resolve) => client.on("broadcast", ({ body }) => resolve(body)));
   * await client.ready();
   * server.group("lobby").broadcast("Welcome");
   * assert.equal(new TextDecoder().decode(await heard), "Welcome");
   * await client.close();
   * await server.drain();
   * ```
   */
  group(name: string): Audience;

  /**
   * The sessions of the user `id`, one for each device; nobody, where the user is not here.
   *
   * ```ts
   * import assert from "node:assert/strict";
   * import { connect, createServer } from "tcp-server";
   *
   * const server = await createServer();
   * const client = await connect({ address: server.listen({ host: "127.0.0.1", port: 0 }), user: "ann" });
   * const told = new Promise<string>((resolve) => client.on("notification", ({ route }) => resolve(route)));
   * await client.ready();
   * assert.equal(server.user("ann").send("mail.new", "3").queued, 1);
   * assert.equal(await told, "mail.new");
   * await client.close();
   * await server.drain();
   * ```
   */
  user(id: string): Audience;

  /**
   * Sends a Broadcast to everyone: encoded once, and handed out in slices, so that nobody waits for ten thousand others.
   *
   * ```ts
   * import assert from "node:assert/strict";
   * import { connect, createServer } from "tcp-server";
   *
   * const server = await createServer();
   * const client = await connect({ address: server.listen({ host: "127.0.0.1", port: 0 }) });
   * await client.ready();
   * assert.deepEqual(server.broadcast("Tea is ready"), { matched: 1, queued: 1, slow: 0 });
   * await client.close();
   * await server.drain();
   * ```
   */
  broadcast(payload: Payload, options?: SelectOptions): Sent;

  /**
   * Calls `work` every `ms` milliseconds until the server drains; the returned function ends that sooner. What it throws
   * is logged; a promise is not waited for.
   *
   * ```ts
   * import { createServer } from "tcp-server";
   *
   * const server = await createServer();
   * await new Promise((resolve) => {
   *   const stop = server.every(10, () => (stop(), resolve("once")));
   * });
   * await server.drain();
   * ```
   *
   * @throws {RangeError} If it is less than one millisecond.
   */
  every(ms: number, work: () => unknown): () => void;

  /**
   * Calls `work` when the server begins to drain, as long as sessions can still be reached. A promise that it returns
   * is waited for, at most `drainGraceMs`, while the sessions end.
   */
  onDrain(work: () => unknown): void;

  /**
   * Shuts down: accepts no more; tells every client when to come back, spread over `drainSpreadMs`; lets running Requests
   * finish within `drainGraceMs`. Resolves when the last socket is gone, and what `onDrain()` began is over.
   *
   * ```ts
   * import assert from "node:assert/strict";
   * import { connect, createServer } from "tcp-server";
   *
   * const server = await createServer();
   * const client = await connect({ address: server.listen({ host: "127.0.0.1", port: 0 }) });
   * const told = new Promise((resolve) =>
   *   client.on("state", (now) => now.state === "leaving" && resolve(now.reason.name))
   * );
   * await client.ready();
   * await server.drain();
   * assert.equal(await told, "draining");
   * await client.close();
   * ```
   */
  drain(): Promise<void>;
}
