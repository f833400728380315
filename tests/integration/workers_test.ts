// Several workers are one server: the executable, and the program run from source by the runtime of the tests.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join as path } from "node:path";
import { test } from "node:test";
import { connect } from "../../client.ts";
import { startAdministered } from "./admin_client.ts";
import { Relay } from "./client_relay.ts";
import { join, oneOfEach, workerOf } from "./crew.ts";
import { LogLines } from "./log_lines.ts";
import { type Cleanup, Program, programUnderTest, RUN } from "./program.ts";
import { type Settings, startServer } from "./running_server.ts";
import { answerTo, textOf } from "./text_client.ts";
import { Watched } from "./watched.ts";

const TWO: Settings = { workers: "2", sys_join: "true", sys_publish: "true", sys_tell: "true" };

const PROGRAMS = {
  "the executable": programUnderTest(),
  "from source": [...RUN, "main.ts"],
};

/** A program with a module, that may log faults. */
async function startFaulty(
  t: Cleanup,
  command: readonly string[],
  module: string,
  isKept = false,
) {
  const folder = mkdtempSync(path(tmpdir(), "tcp-server-workers-"));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(path(folder, "mine.js"), module);
  const args = ["--host", "127.0.0.1", "--port", "0", "--log-format", "json", "--workers", "2"];
  const program = new Program(t, [...command, ...args, "--no-admin"], {
    TCP_SERVER_MODULE_PATH: path(folder, "mine.js"),
    TCP_SERVER_RESUME_STORE: isKept ? "sqlite" : "memory",
    TCP_SERVER_RESUME_PATH: path(folder, "sessions.db"),
  });
  const log = new LogLines();
  program.onLine = (line) => log.push(line);
  program.onEnd = () => log.end();
  return { program, log, port: (await log.first("listening"))["port"] as number };
}

/** A module with a route that crashes its worker. */
const BOOM = `export default (app) => {
  app.route("boom", () => { setTimeout(() => { throw new Error("no more"); }); });
};
`;

/** `addressed()` of the routes `sys.publish` and `sys.tell`: a length, a name, and what is said. */
function addressed(name: string, text: string): string {
  return String.fromCharCode(name.length) + name + text;
}

for (const [name, command] of Object.entries(PROGRAMS)) {
  test(`${name}: what is said to everybody, a group or a user is heard on every worker`, async (t) => {
    const { port } = await startServer(t, { ...TWO, handler: "chat" }, command);
    const crew = await oneOfEach(t, port, { user: "ann" });
    const heard: string[] = [];
    const watched = new Watched();
    for (const { client, worker } of crew) {
      for (const event of ["broadcast", "notification"] as const) {
        client.on(event, ({ body }) => {
          heard.push(`${worker} ${textOf(body)}`);
          watched.changed();
        });
      }
      assert.equal(await answerTo(client, "sys.join", "room"), "");
    }
    const [{ client }] = crew;
    const all = { matched: 2, queued: 2, slow: 0 };
    assert.equal(await answerTo(client, "", "to all"), "");
    const published = await answerTo(client, "sys.publish", addressed("room", "to the room"));
    assert.deepEqual(JSON.parse(String(published)), all);
    const told = await answerTo(client, "sys.tell", addressed("ann", "to ann"));
    assert.deepEqual(JSON.parse(String(told)), all);
    await watched.until("all of it", () => heard.length === 6 || undefined);
    assert.deepEqual(heard.sort(), [
      "1 to all",
      "1 to ann",
      "1 to the room",
      "2 to all",
      "2 to ann",
      "2 to the room",
    ]);
  });

  test(`${name}: a client comes back to its session on whatever worker it reaches, and misses nothing`, async (t) => {
    const { port, log } = await startServer(t, TWO, command);
    const relay = await Relay.start(t, port);
    // Each of them comes back to the other worker with even odds.
    const clients = await Promise.all(Array.from({ length: 8 }, () => join(t, relay.port)));
    for (const { client } of clients) assert.equal(await answerTo(client, "sys.join", "room"), "");
    relay.reset();
    const answers = clients.map(({ client }) => answerTo(client, "sys.echo", "still"));
    assert.deepEqual(await Promise.all(answers), Array(8).fill("still"));
    const [moved] = log.of("session moved");
    const { client, session: id } = clients.find(({ session }) => session === moved?.["session"])!;
    assert.equal(moved!["worker"], workerOf(id));
    const now = JSON.parse(String(await answerTo(client, "sys.info")));
    assert.deepEqual([now.id, now.groups], [id, ["room"]]);
    // Who speaks to it by its id, user or group finds it there.
    const other = await join(t, port);
    const heard = new Promise<string>((resolve) =>
      client.on("broadcast", ({ body }) => resolve(textOf(body)))
    );
    const published = await answerTo(other.client, "sys.publish", addressed("room", "found"));
    assert.deepEqual(JSON.parse(String(published)), { matched: 8, queued: 8, slow: 0 });
    assert.equal(await heard, "found");
  });

  test(`${name}: max_connections holds over all workers, to the last place`, async (t) => {
    const { port, log } = await startServer(t, { ...TWO, max_connections: "6" }, command);
    const clients = [];
    for (let i = 0; i < 6; i++) clients.push(await join(t, port));
    const late = await connect({ address: { host: "127.0.0.1", port } });
    assert.equal((await log.first("refused"))["name"], "server_full");
    assert.equal(log.of("session opened").length, 6);
    await Promise.all([late.close(), clients[0]!.client.close()]);
    await log.first("session ended");
    assert.equal(await answerTo((await join(t, port)).client, "sys.echo", "in"), "in");
  });

  test(`${name}: a worker that crashes says so, tells its clients, and is started again; the other goes on`, async (t) => {
    const { port, log, program } = await startFaulty(t, command, BOOM);
    const [first, second] = await oneOfEach(t, port);
    const reasons: string[] = [];
    first.client.on("state", (now) => {
      if (now.state === "waiting") reasons.push(now.reason.name);
    });
    let breaks = 0;
    second.client.on("state", () => breaks++);
    await answerTo(first.client, "boom");
    const crash = await log.first("worker crashed");
    assert.deepEqual([crash["worker"], crash["sessions"], crash["restartInMs"]], [
      first.worker,
      1,
      1000,
    ]);
    assert.match(String(crash["error"]), /no more/);
    assert.equal(await answerTo(first.client, "sys.echo", "again"), "again");
    assert.deepEqual(reasons.slice(0, 1), ["internal"]);
    assert.equal(await answerTo(second.client, "sys.echo", "still"), "still");
    assert.equal(breaks, 0);
    assert.equal((await log.first("worker started"))["worker"], first.worker);
    await oneOfEach(t, port);
    program.signal("SIGTERM");
    assert.equal(await program.exited(), 0);
  });

  test(`${name}: a session that is kept outlives the crash of its worker`, async (t) => {
    const { port, log } = await startFaulty(t, command, BOOM, true);
    const { client, session } = await join(t, port);
    await answerTo(client, "boom");
    await log.first("worker started");
    const { id } = JSON.parse(String(await answerTo(client, "sys.info")));
    assert.equal(id, session);
    assert.equal(log.of("session resumed").length, 1);
  });

  test(`${name}: a signal while the workers start ends them`, async (t) => {
    const folder = mkdtempSync(path(tmpdir(), "tcp-server-workers-"));
    t.after(() => rmSync(folder, { recursive: true }));
    const args = ["--host", "127.0.0.1", "--port", "0", "--workers", "2", "--admin-port", "0"];
    const program = new Program(t, [...command, ...args, "--log-format", "json"], {
      TCP_SERVER_ADMIN_TOKEN_FILE: path(folder, "admin.token"),
    });
    const log = new LogLines();
    program.onLine = (line) => log.push(line);
    program.onEnd = () => log.end();
    await log.first("admin listening");
    program.signal("SIGTERM");
    assert.equal(await program.exited(), 0);
  });

  test(`${name}: SIGTERM has all workers drain, and every client is told`, async (t) => {
    const { port, program, log } = await startServer(t, TWO, command);
    const crew = await oneOfEach(t, port);
    const told = crew.map(({ client }) =>
      new Promise((resolve) =>
        client.on("state", (now) => now.state === "leaving" && resolve(now.reason.name))
      )
    );
    program.signal("SIGTERM");
    assert.deepEqual(await Promise.all(told), ["draining", "draining"]);
    await Promise.all(crew.map(({ client }) => client.close()));
    assert.equal(await program.exited(), 0);
    assert.equal(log.lines.at(-1)?.event, "drained");
  });

  test(`${name}: a port that somebody else has is refused, shared or not`, async (t) => {
    const { port } = await startServer(t, TWO, command);
    for (const workers of ["1", "2"]) {
      const args = ["--host", "127.0.0.1", "--port", String(port), "--workers", workers];
      const program = new Program(t, [...command, ...args, "--no-admin"]);
      assert.equal(await program.exited(), 3, program.stdout);
      assert.match(program.stdout, /Cannot listen/);
    }
  });

  test(`${name}: the admin API and the metrics show one server`, async (t) => {
    const { server: { port }, ask, url, token } = await startAdministered(t, TWO, command);
    const crew = await oneOfEach(t, port, { user: "ann" });
    const [first, second] = crew;
    const { body: { sessions, workers } } = await ask("GET /api/v1/server");
    assert.equal((sessions as { total: number }).total, 2);
    assert.deepEqual((workers as { node: number }[]).map(({ node }) => node).sort(), [1, 2]);
    const { body: list } = await ask("GET /api/v1/sessions?user=ann&limit=1");
    assert.equal(list["matched"], 2);
    const rest = await ask(`GET /api/v1/sessions?user=ann&limit=1&cursor=${list["nextCursor"]}`);
    const items = [list, rest.body].flatMap(({ items }) =>
      items as { id: string; worker: number }[]
    );
    assert.deepEqual(items.map(({ id }) => id).sort(), crew.map(({ session }) => session).sort());
    for (const { id, worker } of items) assert.equal(worker, workerOf(id));
    const response = await fetch(`${url}/metrics`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const page = await response.text();
    assert.match(page, /^tcp_server_connections\{state="active"\} 2$/m);
    assert.match(page, /^tcp_server_workers\{state="running"\} 2$/m);
    second.client.on("request", () => "because");
    const asked = await ask(`POST /api/v1/sessions/${second.session}/request`, {
      route: "why",
      text: "?",
    });
    assert.equal(asked.body["text"], "because");
    const kicked = await ask("POST /api/v1/kick", { filter: { user: "ann" }, banSeconds: 60 });
    assert.deepEqual(kicked.body, { matched: 2, kicked: 2 });
    // Banned on all of them.
    for (let tries = 0; tries < 6; tries++) {
      const client = await connect({ address: { host: "127.0.0.1", port }, user: "ann" });
      await assert.rejects(client.ready(), /banned/i);
    }
    assert.equal(await answerTo((await join(t, port)).client, "sys.echo", "bob"), "bob");
    void first;
  });
}
