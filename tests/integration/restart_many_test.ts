// A restart of the executable under a thousand clients that ask and listen all the while: all come back to their sessions
// in time, nothing is lost and nothing is doubled.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type Client, connect } from "../../client.ts";
import { LogLines } from "./log_lines.ts";
import { type Cleanup, Program, programUnderTest } from "./program.ts";
import { Watched } from "./watched.ts";

const CLIENTS = 1000;

/** Within this after the new process listens everybody is back. */
const BACK_MS_MAX = 10_000;

/** What each client asks before the restart, during it and after it; and Broadcasts in all. */
const ASKS = 6;
const NEWS = 40;

/** Between two Broadcasts: they span the restart. */
const NEWS_MS = 100;

/** Logs each Request that runs, so that those of both processes can be counted; some take until the drain. */
const MODULE = `export default (app) => {
  app.route("ask", async (c) => {
    const text = c.text();
    c.log.info(text);
    if (text.endsWith(" 2")) await new Promise((resolve) => setTimeout(resolve, 300));
    return "did " + text;
  });
  app.route("news", (c) => { app.broadcast(c.text()); });
};
`;

interface Server {
  readonly program: Program;
  readonly log: LogLines;
  readonly port: number;
}

async function start(t: Cleanup, folder: string, port = 0): Promise<Server> {
  const args = ["--host", "127.0.0.1", "--port", `${port}`, "--log-format", "json", "--no-admin"];
  const program = new Program(t, [...programUnderTest(), ...args], {
    TCP_SERVER_MODULE_PATH: join(folder, "module.js"),
    TCP_SERVER_RESUME_STORE: "sqlite",
    TCP_SERVER_RESUME_PATH: join(folder, "sessions.db"),
    TCP_SERVER_DRAIN_SPREAD: "1s",
  });
  const log = new LogLines();
  program.onLine = (line) => log.push(line);
  program.onEnd = () => log.end();
  return { program, log, port: (await log.first("listening"))["port"] as number };
}

/** Asks until it is answered: a server that drains takes nothing new, and says so. */
async function ask(client: Client, route: string, text: string): Promise<string> {
  for (;;) {
    try {
      return new TextDecoder().decode(await client.request(route, text));
    } catch (error) {
      if ((error as { name: string }).name !== "cancelled") throw error;
      // Out of this server's reach; the next one takes it.
      await new Promise((resolve) => setTimeout(resolve, NEWS_MS));
    }
  }
}

test("a thousand clients come back to a restarted server in time, with nothing lost and nothing doubled", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "restart-"));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "module.js"), MODULE);
  const first = await start(t, folder);
  const address = { host: "127.0.0.1", port: first.port };
  const watched = new Watched();
  const heard: string[][] = [];
  const gaps: unknown[] = [];
  let recovered = 0;
  let lastBackAt = 0;
  const clients = await Promise.all(Array.from({ length: CLIENTS }, async (_, index) => {
    const client = await connect({ address });
    t.after(() => client.close());
    const own: string[] = heard[index] = [];
    client.on("broadcast", ({ body }) => {
      own.push(new TextDecoder().decode(body));
      if (own.length === NEWS) watched.changed();
    });
    client.on("gap", (gap) => void gaps.push(gap));
    await client.ready();
    client.on("state", (state) => {
      if (state.state !== "open" || !state.recovered) return;
      recovered++;
      lastBackAt = performance.now();
    });
    return client;
  }));
  const asked = Promise.all(clients.map(async (client, index) => {
    const answers: string[] = [];
    for (let n = 0; n < ASKS; n++) answers.push(await ask(client, "ask", `${index} ${n}`));
    return answers;
  }));
  const told = (async () => {
    for (let n = 0; n < NEWS; n++) {
      await ask(clients[0]!, "news", `${n}`);
      await new Promise((resolve) => setTimeout(resolve, NEWS_MS));
    }
  })();
  // In the middle of what takes a while.
  await first.log.many("application", 2.5 * CLIENTS);
  const endedAt = performance.now();
  first.program.signal("SIGTERM");
  assert.equal(await first.program.exited(), 0);
  const goneAt = performance.now();
  const second = await start(t, folder, first.port);
  const listeningAt = performance.now();
  const answers = await asked;
  await told;
  await watched.until(
    "everybody to hear all",
    () => heard.every(({ length }) => length >= NEWS) || undefined,
  );
  const news = Array.from({ length: NEWS }, (_, n) => `${n}`);
  for (const own of heard) assert.deepEqual(own, news);
  assert.deepEqual([gaps, recovered], [[], CLIENTS]);
  const texts = clients.map((_, index) => Array.from({ length: ASKS }, (_, n) => `${index} ${n}`));
  assert.deepEqual(answers, texts.map((own) => own.map((text) => `did ${text}`)));
  const ran = [first, second].flatMap(({ log }) => log.of("application"));
  assert.deepEqual(ran.map(({ message }) => message).toSorted(), texts.flat().toSorted());
  assert.ok(lastBackAt - listeningAt < BACK_MS_MAX);
  const times = [goneAt, listeningAt, lastBackAt].map((at) => Math.round(at - endedAt));
  console.log(`gone after ${times[0]} ms, listening after ${times[1]}, all back after ${times[2]}`);
});
