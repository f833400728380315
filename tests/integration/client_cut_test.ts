// Clients that talk through a network which breaks a hundred times, with the executable: every Request is answered once
// and runs once, every Broadcast is heard once and in one order.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Prng } from "../../src/base/prng.ts";
import { Client } from "../../src/client/client.ts";
import { makePlatform, type Platform } from "../../src/client/platform.ts";
import { selectClientHost } from "../../src/runtime/select_client_host.ts";
import { FAULTS, Relay } from "./client_relay.ts";
import type { Cleanup } from "./program.ts";
import { startServer } from "./running_server.ts";
import { Watched } from "./watched.ts";

const CLIENTS = 20;
const FAULTS_WANTED = 100;

/** Each client says this much at least. */
const TEXTS_LEAST = 20;

/** Between an answer and the next Request of a client: all of them hear all that is said. */
const PAUSE_MS = 50;

/** That something happens to a connection while a piece passes. */
const FAULT_CHANCE = 1 / 20;

/** What dies in silence is noticed soon, and what a client misses meanwhile is all kept. */
const SETTINGS = {
  handler: "chat",
  heartbeat_interval: "500ms",
  heartbeat_interval_min: "500ms",
  heartbeat_interval_max: "1s",
  limits_session_timeout: "1500ms",
  resume_frames_max: "10000",
  resume_bytes_max: "1MiB",
};

interface Talker {
  readonly client: Client;
  readonly heard: string[];
  readonly gaps: unknown[];
  /** How often its session went on, and how often another one began. */
  recovered: number;
  fresh: number;
}

async function join(
  t: Cleanup,
  port: number,
  platform: Platform,
  watched: Watched,
): Promise<Talker> {
  const address = { host: "127.0.0.1", port };
  const client = new Client({ address, connectTimeoutMs: 1_000 }, platform);
  t.after(() => client.close());
  const talker: Talker = { client, heard: [], gaps: [], recovered: 0, fresh: -1 };
  client.on("broadcast", ({ body }) => {
    talker.heard.push(new TextDecoder().decode(body));
    watched.changed();
  });
  client.on("gap", (gap) => void talker.gaps.push(gap));
  client.on("state", (state) => {
    if (state.state === "open") talker[state.recovered ? "recovered" : "fresh"]++;
  });
  await client.ready();
  return talker;
}

test("twenty clients whose connections break a hundred times hear everything once, and are answered once", async (t) => {
  const server = await startServer(t, SETTINGS);
  const relay = await Relay.start(t, server.port);
  const watched = new Watched();
  // They come back as soon as they may: how long they wait is tested elsewhere.
  const platform = { ...makePlatform(await selectClientHost()), random: () => 0 };
  const talkers = await Promise.all(
    Array.from({ length: CLIENTS }, () => join(t, relay.port, platform, watched)),
  );
  const prng = new Prng(1);
  let faults = 0;
  relay.onPiece = () => {
    if (faults >= FAULTS_WANTED || !prng.chance(FAULT_CHANCE)) return undefined;
    return FAULTS[faults++ % FAULTS.length];
  };
  const said = await Promise.all(talkers.map(async ({ client }, index) => {
    const texts: string[] = [];
    while (faults < FAULTS_WANTED || texts.length < TEXTS_LEAST) {
      const text = `${index}: ${texts.length}`;
      texts.push(text);
      assert.equal((await client.request("", text)).length, 0);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    return texts;
  }));
  const all = said.flat().toSorted();
  await watched.until(
    "everybody to hear all",
    () => talkers.every(({ heard }) => heard.length >= all.length) || undefined,
  );
  for (const { heard, gaps, fresh } of talkers) {
    assert.deepEqual([gaps, fresh], [[], 0]);
    assert.deepEqual(heard.toSorted(), all, "each is heard once, and so ran once");
    assert.deepEqual(heard, talkers[0]!.heard, "in one order");
  }
  const recovered = talkers.reduce((sum, talker) => sum + talker.recovered, 0);
  assert.ok(recovered >= FAULTS_WANTED / 2, `${recovered} times a session went on`);
});
