// Server-sent events: what listeners hear, what becomes of slow ones, and that none outlives the API.

import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeText } from "../../../src/base/text.ts";
import {
  EVENT_LISTENERS_MAX,
  EVENT_PING_MS,
  EVENTS_WAITING_MAX,
} from "../../../src/limits/admin.ts";
import { disconnect } from "../server/client.ts";
import { AdminStage } from "./admin_stage.ts";

/** A listener, and what it hears: a name with fields, or a comment. */
async function listen(stage: AdminStage) {
  const { status, headers, body } = await stage.fetch("GET /api/v1/events");
  assert.equal(status, 200);
  assert.match(headers.get("content-type")!, /^text\/event-stream/);
  const reader = body!.getReader();
  async function next(): Promise<[name: string, fields: Record<string, unknown>]> {
    const { done, value } = await reader.read();
    if (done) return ["end", {}];
    const text = decodeText(value)!;
    const found = /^event: (.+)\ndata: (.+)\n\n$/.exec(text);
    return found === null ? [text, {}] : [found[1]!, JSON.parse(found[2]!)];
  }
  assert.deepEqual(await next(), [": listening\n\n", {}]);
  return { next, cancel: () => reader.cancel() };
}

test("a listener hears of sessions that come and go, from now on", async () => {
  const stage = await AdminStage.open();
  stage.open('{"user":"before"}');
  const { next } = await listen(stage);
  const client = stage.open('{"user":"ann","client":"app/1"}');
  client.send(disconnect());
  stage.settle();
  const [connected, { at, address, ...fields }] = await next();
  assert.equal(connected, "connected");
  assert.deepEqual(fields, { session: client.session.id, user: "ann", client: "app/1" });
  assert.match(`${at} ${address}`, /^\d{4}-.+Z 127\.0\.0\.1:\d+$/);
  const [ended, { session, name, by }] = await next();
  assert.deepEqual([ended, session, name, by], ["ended", client.session.id, "normal", "peer"]);
});

test("a listener hears of limits, and in which mode they are", async () => {
  const stage = await AdminStage.open({ limits: { sessionsPerUser: 1 } });
  const { next } = await listen(stage);
  for (let i = 0; i < 2; i++) stage.open('{"user":"ann"}');
  const heard = [await next(), await next()];
  assert.deepEqual(heard.map(([name]) => name), ["connected", "limit"]);
  const { name, mode } = heard[1]![1];
  assert.deepEqual([name, mode], ["too_many_for_user", "enforce"]);
});

test("a listener that does not read loses events beyond its bound, and is told how many", async () => {
  const stage = await AdminStage.open();
  const { next } = await listen(stage);
  const { session } = stage.open();
  await next();
  for (let i = 0; i < EVENTS_WAITING_MAX + 7; i++) {
    stage.context.events.watch({ type: "connected", session });
  }
  for (let i = 0; i < EVENTS_WAITING_MAX; i++) assert.equal((await next())[0], "connected");
  const [name, { count }] = await next();
  assert.deepEqual([name, count], ["dropped", 7]);
});

test("a silent stream shows signs of life, and one that nobody reads any more costs nothing", async () => {
  const stage = await AdminStage.open();
  const timers = stage.world.timers;
  const { next, cancel } = await listen(stage);
  stage.run(EVENT_PING_MS);
  assert.deepEqual(await next(), [": ping\n\n", {}]);
  await cancel();
  assert.equal(stage.context.events.listeners, 0);
  assert.equal(stage.world.timers, timers);
});

test("listeners are bounded, and all of them end with the API", async () => {
  const stage = await AdminStage.open();
  const listeners = [];
  for (let i = 0; i < EVENT_LISTENERS_MAX; i++) listeners.push(await listen(stage));
  assert.equal((await stage.ask("GET /api/v1/events")).status, 429);
  stage.context.close();
  for (const { next } of listeners) assert.equal((await next())[0], "end");
  assert.equal(stage.context.events.listeners, 0);
});
