// The server as a whole: its state, its health for probes, and its shutdown.

import assert from "node:assert/strict";
import { test } from "node:test";
import { LAG_SAMPLE_MS } from "../../../src/limits/admin.ts";
import { AdminStage } from "./admin_stage.ts";

test("the state of the server tells what it is, what it does and what bounds it", async () => {
  const stage = await AdminStage.open();
  stage.open();
  stage.connect();
  stage.run(1000);
  const { status, body } = await stage.ask("GET /api/v1/server");
  assert.equal(status, 200);
  const { version, commit, runtime, node, state, listening, sessions, headroom, uptimeMs } = body;
  assert.deepEqual({ version, commit, runtime, node, state, listening, sessions, headroom }, {
    version: "1.2.3",
    commit: "abc",
    runtime: "fake 1.0.0",
    node: "node-1",
    state: "running",
    listening: stage.address,
    sessions: { total: 2, connecting: 1, active: 1, idle: 0, waiting: 0 },
    headroom: 990, // descriptors are fewer than sessions may be
  });
  assert.ok((uptimeMs as number) >= 1000);
  const { accepted, framesReceived } = body["counts"] as Record<string, Record<string, number>>;
  assert.deepEqual([accepted, framesReceived!["handshake"]], [2, 1]);
  assert.deepEqual(body["limits"], stage.limits);
});

test("it is alive in any state, and ready only while it listens, does not drain and has room", async () => {
  const ready = async (stage: AdminStage) => {
    assert.deepEqual((await stage.ask("GET /healthz")).body, { status: "ok" });
    const { status, body } = await stage.ask("GET /readyz", { token: null });
    assert.equal(status, body["ready"] === true ? 200 : 503);
    return body["reasons"];
  };
  const stage = await AdminStage.open({ memoryBytes: 1000 });
  assert.deepEqual(await ready(stage), []);
  stage.server.held.outbound = 226;
  assert.deepEqual(await ready(stage), ["over_budget"]);
  stage.server.held.outbound = 225;
  stage.server.held.inbound = 226;
  assert.deepEqual(await ready(stage), ["over_budget"]);
  stage.server.held.inbound = 0;
  stage.startOver();
  assert.deepEqual(await ready(stage), ["starting"]);
  stage.server.drain(() => {});
  assert.deepEqual(await ready(stage), ["draining", "starting"]);
});

test("a drain begins once, and says how many sessions it has to end", async () => {
  const stage = await AdminStage.open();
  const client = stage.open();
  const first = await stage.ask("POST /api/v1/drain");
  assert.deepEqual([first.status, first.body], [202, { sessions: 1 }]);
  const second = await stage.ask("POST /api/v1/drain", { body: {} });
  assert.deepEqual([second.status, stage.drains], [409, 1]);
  stage.settle();
  assert.equal(client.lastEnd.name, "draining");
  assert.equal((await stage.ask("GET /api/v1/server")).body["state"], "draining");
  assert.equal((await stage.ask("POST /api/v1/drain", { body: { now: true } })).status, 400);
});

test("the lag of the event loop is the longest of the last looks, and closing ends them", async () => {
  const stage = await AdminStage.open();
  stage.run(10 * LAG_SAMPLE_MS);
  assert.equal(stage.context.vitals.lagMs, 0);
  assert.equal(stage.world.timers, 1);
  stage.context.close();
  assert.equal(stage.world.timers, 0);
});

test("a reload tells what changed and what needs a restart, or every error, and whoever listens hears of it", async () => {
  const stage = await AdminStage.open();
  const events = await stage.fetch("GET /api/v1/events");
  stage.reloaded = { applied: ["log.level"], needsRestart: ["port"] };
  const { status, body } = await stage.ask("POST /api/v1/reload");
  assert.deepEqual([status, body], [200, { applied: ["log.level"], needsRestart: ["port"] }]);
  stage.reloaded = { errors: ["a.toml:1: port: 99999, allowed: an integer from 0 to 65535"] };
  const refused = await stage.ask("POST /api/v1/reload");
  assert.equal(refused.status, 400);
  assert.match(JSON.stringify(refused.body), /a\.toml:1: port/);
  stage.context.close();
  const text = await events.text();
  assert.match(text, /event: reload\n.*"needsRestart":\["port"\]/);
  assert.equal(stage.adminLog.filter(({ fields }) => fields["action"] === "reload").length, 1);
});
