// Clients that outlive their server: a new process continues their sessions, after a drain as if nothing had been, and
// after a kill with a gap said. Nothing runs or is heard twice.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type Client, connect } from "../../client.ts";
import { Relay } from "./client_relay.ts";
import { type Cleanup, runProgram } from "./program.ts";
import { type RunningServer, type Settings, startServer } from "./running_server.ts";
import { Watched } from "./watched.ts";

/** Longer than a change waits until it is saved. */
const SAVED_MS = 1_500;

/** The settings of servers that share one store. */
function settingsWithStore(t: Cleanup): Settings {
  const folder = mkdtempSync(join(tmpdir(), "restart-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return {
    handler: "chat",
    drain_spread: "0s",
    // As much as a client may miss here while it is on its way back.
    resume_frames_max: "1000",
    resume_store: "sqlite",
    resume_path: join(folder, "sessions.db"),
  };
}

/** A client of the chat that says one thing after the other, and what it hears. */
class Talker {
  readonly heard: string[] = [];
  /** What was answered with `answer_lost`: it was said once, or not at all. */
  readonly lost: string[] = [];
  /** Whether the session went on with each connection after the first, and how often a gap was said. */
  readonly recovered: boolean[] = [];
  gaps = 0;
  readonly #watched: Watched;
  readonly #client: Client;

  constructor(client: Client, watched: Watched) {
    this.#client = client;
    this.#watched = watched;
    client.on("broadcast", ({ body }) => {
      this.heard.push(new TextDecoder().decode(body));
      watched.changed();
    });
    client.on("gap", () => void this.gaps++);
    client.on("state", (state) => {
      if (state.state === "open") this.recovered.push(state.recovered);
      watched.changed();
    });
  }

  static async join(t: Cleanup, port: number, watched: Watched): Promise<Talker> {
    const client = await connect({ address: { host: "127.0.0.1", port } });
    t.after(() => client.close());
    const talker = new Talker(client, watched);
    await client.ready();
    talker.recovered.length = 0;
    return talker;
  }

  /** Says `text` until it was taken: a server that drains takes nothing new, and says so. */
  async say(text: string): Promise<void> {
    for (;;) {
      try {
        await this.#client.request("", text);
        return;
      } catch (error) {
        const { name } = error as { name: string };
        if (name === "answer_lost") return void this.lost.push(text);
        assert.equal(name, "cancelled");
        await this.until("a new connection", () => this.#client.state.state === "open");
      }
    }
  }

  until(what: string, holds: () => boolean): Promise<true> {
    return this.#watched.until(what, () => holds() || undefined);
  }
}

async function talkersOn(t: Cleanup, count: number, port: number): Promise<Talker[]> {
  const watched = new Watched();
  const talkers = Array.from({ length: count }, () => Talker.join(t, port, watched));
  return await Promise.all(talkers);
}

async function restart(t: Cleanup, settings: Settings, relay: Relay): Promise<RunningServer> {
  const server = await startServer(t, settings);
  relay.target = server.port;
  return server;
}

for (const workers of [1, 2]) {
  const where = workers === 1 ? "" : ", with two workers";
  test(`fifty clients that talk while their server restarts hear everything, once and in one order${where}`, (t) =>
    talkThroughRestart(t, workers));
}

async function talkThroughRestart(t: Cleanup, workers: number): Promise<void> {
  const settings = { ...settingsWithStore(t), workers: String(workers) };
  const first = await startServer(t, settings);
  const relay = await Relay.start(t, first.port);
  const talkers = await talkersOn(t, 50, relay.port);
  // Everybody says ten things before the signal and ten from then on.
  const said = talkers.map(async (talker, i) => {
    for (let n = 0; n < 10; n++) await talker.say(`${i}: ${n}`);
  });
  await Promise.all(said);
  first.program.signal("SIGTERM");
  const rest = talkers.map(async (talker, i) => {
    for (let n = 10; n < 20; n++) await talker.say(`${i}: ${n}`);
  });
  assert.equal(await first.program.exited(), 0);
  assert.equal((await first.log.first("draining"))["sessions"], 50);
  assert.deepEqual(first.log.of("session ended"), []);
  const kept = first.log.of("store").filter(({ result }) => result === "saved");
  assert.equal(kept.reduce((sum, { sessions }) => sum + (sessions as number), 0), 50);

  const second = await restart(t, settings, relay);
  const loaded = second.log.of("store").filter(({ result }) => result === "loaded");
  assert.equal(loaded.reduce((sum, { sessions }) => sum + (sessions as number), 0), 50);
  assert.deepEqual(loaded.map(({ isClean }) => isClean), Array(workers).fill(true));
  await Promise.all(rest);
  for (const talker of talkers) {
    await talker.until("everything to be heard", () => talker.heard.length >= 1000);
    assert.equal(new Set(talker.heard).size, 1000);
    assert.equal(talker.heard.length, 1000);
    // Two workers hear each other a little later than themselves.
    if (workers === 1) assert.deepEqual(talker.heard, talkers[0]!.heard);
    assert.deepEqual([talker.lost, talker.gaps], [[], 0]);
    assert.ok(talker.recovered.every((recovered) => recovered));
  }
  assert.equal(second.log.of("session resumed").length, 50);
}

test("a server that is killed serves no session wrongly: nothing runs twice, and a gap is said", async (t) => {
  const settings = settingsWithStore(t);
  const first = await startServer(t, settings);
  const relay = await Relay.start(t, first.port);
  const talkers = await talkersOn(t, 10, relay.port);
  const startedAt = performance.now();
  let isOver = false;
  const said = talkers.map(async (talker, i) => {
    let n = 0;
    while (!isOver || n % 50 > 0) await talker.say(`${i}: ${n++}`);
    return n;
  });
  await talkers[0]!.until(
    "its sessions to be saved",
    () => performance.now() > startedAt + SAVED_MS,
  );
  first.program.signal("SIGKILL");
  assert.equal(await first.program.exited(), "SIGKILL");

  const second = await restart(t, settings, relay);
  const [loaded] = second.log.of("store");
  assert.deepEqual([loaded!["sessions"], loaded!["isClean"]], [10, false]);
  for (const talker of talkers) {
    await talker.until("its session to go on", () => talker.recovered.length > 0);
  }
  isOver = true;
  const counts = await Promise.all(said);
  talkers.forEach((talker, i) => {
    assert.deepEqual(talker.recovered, [true]);
    assert.ok(talker.gaps >= 1);
    assert.equal(new Set(talker.heard).size, talker.heard.length, "something was heard twice");
    // Ids that were taken ahead and not used are lost too, but no more of them than that.
    assert.ok(talker.lost.length <= 65 && talker.lost.length < counts[i]!, `${talker.lost.length}`);
  });
});

test("a second signal keeps the sessions too", async (t) => {
  const settings = settingsWithStore(t);
  const first = await startServer(t, { ...settings, handler: "none", drain_grace: "1h" });
  const relay = await Relay.start(t, first.port);
  const [talker] = await talkersOn(t, 1, relay.port);
  first.program.signal("SIGTERM");
  await first.log.first("draining");
  first.program.signal("SIGTERM");
  await first.program.exited();
  await restart(t, settings, relay);
  await talker!.until("its session to go on", () => talker!.recovered.length > 0);
  assert.deepEqual([talker!.recovered, talker!.gaps], [[true], 0]);
});

test("a store that cannot be used ends the start with 2, and says what to do", async (t) => {
  const settings = settingsWithStore(t);
  const path = settings["resume_path"]!;
  writeFileSync(path, "never was a database ".repeat(100));
  const env = { TCP_SERVER_RESUME_STORE: "sqlite", TCP_SERVER_RESUME_PATH: path };
  const args = ["--port", "0", "--no-admin", "--log-format", "json"];
  const { exit, stdout } = await runProgram(t, args, env);
  assert.equal(exit, 2);
  assert.match(stdout, /Cannot read the session store .*; move it away to start without its/);
});
