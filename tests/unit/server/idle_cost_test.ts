// What an idle session costs the others and the clock: nothing, or an amount that can be said.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Session } from "../../../src/session/session.ts";
import { AdminStage } from "../admin/admin_stage.ts";
import { FakeConnection } from "../session/fake_connection.ts";
import { disconnect, handshake } from "./client.ts";
import { Stage, type StageOptions } from "./stage.ts";
import { watch } from "./watched_session.ts";
import { HORIZON_MS } from "./wheel_entries.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Nobody is asked for an hour whether it is there, and everybody is Idle after a second. */
const QUIET: StageOptions = {
  limits: {
    heartbeatIntervalMs: HOUR_MS,
    heartbeatIntervalMaxMs: HOUR_MS,
    sessionTimeoutMs: 3 * HOUR_MS,
    idleAfterMs: 1000,
  },
};

function come(stage: Stage, count: number, json = ""): [FakeConnection, Session][] {
  return Array.from({ length: count }, () => {
    const connection = new FakeConnection();
    const link = stage.accept(connection);
    link.onData(handshake(json));
    return [connection, stage.sessions.at(-1)!];
  });
}

/** Counts from now on how often the clock calls somebody. */
function countTicks({ world }: Stage): { count: number } {
  const ticks = { count: 0 };
  const { schedule } = world.clock;
  const counting: typeof schedule = (ms, callback) =>
    schedule(ms, () => (ticks.count++, callback()));
  Object.assign(world.clock, { schedule: counting });
  return ticks;
}

test("until one of them is due nobody looks at 10 000 idle sessions, and the clock stands still", () => {
  const stage = new Stage({ limits: { idleAfterMs: 1000 } });
  const ticks = countTicks(stage);
  come(stage, 10_000);
  stage.world.runFor(5000);
  const looks = watch(stage.sessions);
  ticks.count = 0;
  stage.world.runFor(20_000);
  assert.deepEqual([[...looks], ticks.count], [[], 0]);
  stage.world.runFor(10_000);
  assert(looks.get("calls onDeadline")! >= 10_000, "then everybody is asked whether it is there");
});

test("beyond the horizon of the wheel 10 000 idle sessions are moved once a turn of it, all in one tick", () => {
  const stage = new Stage(QUIET);
  const ticks = countTicks(stage);
  come(stage, 10_000);
  stage.world.runFor(5000);
  const looks = watch(stage.sessions);
  const turns = 10;
  ticks.count = 0;
  stage.world.runFor(turns * HORIZON_MS);
  assert(ticks.count <= turns + 1, `${ticks.count} ticks`);
  for (const what of looks.keys()) assert.match(what, /^(reads|sets) wheel/);
  assert(looks.get("sets wheelSlot")! <= (turns + 1) * 10_000);
});

test("who joins, leaves and is told something on its own does not touch the others of its groups", () => {
  const stage = new Stage(QUIET);
  const others = come(stage, 1000, '{"user":"ann"}');
  const [[, session]] = come(stage, 1, '{"user":"ann"}') as [[FakeConnection, Session]];
  for (const [, other] of others) stage.app.groups.join("all", other);
  const looks = watch(others.map(([, other]) => other));
  const handle = stage.app.handleOf(session);
  assert(handle.join("all"));
  handle.send("news", "only you");
  assert(handle.leave("all"));
  assert(handle.join("all"));
  assert.deepEqual([...looks], []);
});

test("who comes and goes touches its neighbours on the wheel and the one that takes its place, of however many", () => {
  const stage = new Stage(QUIET);
  come(stage, 500, '{"user":"ann"}');
  const [[, session]] = come(stage, 1, '{"user":"ann"}') as [[FakeConnection, Session]];
  come(stage, 500, '{"user":"ann"}');
  const looks = watch(stage.sessions.filter((one) => one !== session));
  come(stage, 1, '{"user":"ann"}');
  session.link!.onData(disconnect());
  session.link!.onClose("ended");
  assert.equal(session.state, "closed");
  for (const what of looks.keys()) {
    assert.match(what, /^sets (wheelNext|wheelPrevious|registryIndex)$/);
  }
  const touches = [...looks.values()].reduce((sum, count) => sum + count, 0);
  assert(touches <= 2 * 3 + 1, `${touches} touches`);
});

test("a page of a list takes two looks at each session, a scrape one, and neither changes any", async () => {
  const stage = await AdminStage.open(QUIET);
  const pairs = come(stage, 1000, '{"user":"ann"}');
  const writes = () => pairs.map(([connection]) => connection.writes);
  const before = [writes(), stage.world.timers];
  const looks = watch(stage.sessions);
  const look = async (path: string) => {
    looks.clear();
    assert.equal((await stage.ask(`GET ${path}`)).status, 200);
    for (const what of looks.keys()) assert.match(what, /^reads /, path);
    return [...looks].filter(([, count]) => count >= pairs.length);
  };
  const page = await look("/api/v1/sessions?limit=10");
  assert.deepEqual(page, [["reads createdAt", 1010], ["reads id", 1010]]);
  assert.deepEqual(await look("/metrics"), [["reads state", 1000]]);
  assert.deepEqual(await look("/api/v1/groups"), []);
  assert.deepEqual([writes(), stage.world.timers], before);
});
