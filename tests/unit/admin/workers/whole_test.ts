// The server of several workers as one: its state, its health, its events, its metrics, and what it says of itself.

import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeText } from "../../../../src/base/text.ts";
import { EVENT_PING_MS, EVENTS_WANTED_MS } from "../../../../src/limits/admin.ts";
import { disconnect, request } from "../../server/client.ts";
import { AdminStage } from "../admin_stage.ts";
import { WorkersStage } from "./workers_stage.ts";

type Numbers = Record<string, number>;

test("the state of the server is the sum of its workers, and what there is once in a process", async () => {
  const stage = await WorkersStage.open(2, { limits: { maxConnections: 100 } });
  const [one, two] = stage.workers;
  one!.open();
  for (let i = 0; i < 2; i++) two!.open();
  two!.open().send(disconnect());
  two!.settle();
  const { status, body } = await stage.ask("GET /api/v1/server");
  assert.equal(status, 200);
  const { node, state, listening, sessions, memory, descriptors, headroom, workers } = body;
  assert.deepEqual({ node, state, listening, sessions, descriptors, headroom }, {
    node: "node-1",
    state: "running",
    listening: { host: "127.0.0.1", port: 9000 },
    sessions: { total: 3, connecting: 0, active: 3, idle: 0, waiting: 0 },
    descriptors: { open: 10, max: 1000 },
    headroom: 98,
  });
  const { accepted, closed } = body["counts"] as Record<string, Numbers>;
  assert.deepEqual([accepted, closed], [4, { "normal,peer": 1 }]);
  assert.equal((memory as Numbers)["residentBytes"], 3000);
  assert.equal((memory as Numbers)["outboundBudgetBytes"], 2 ** 39);
  assert.deepEqual(body["limits"], stage.limits);
  assert.deepEqual(workers, [
    { node: 1, state: "running", sessions: 1, eventLoopLagMs: 0, restarts: 0 },
    { node: 2, state: "running", sessions: 2, eventLoopLagMs: 0, restarts: 0 },
  ]);
});

test("a worker that is gone, or silent, is shown as such", async () => {
  const stage = await WorkersStage.open(2);
  stage.workers[0]!.leave();
  stage.addSilent(3);
  const { body } = await stage.askPatiently("GET /api/v1/server");
  const workers = body["workers"] as { node: number; state: string; sessions: number | null }[];
  assert.deepEqual(workers.map(({ node, state, sessions }) => [node, state, sessions]), [
    [1, "down", null],
    [2, "running", 0],
    [3, "silent", null],
  ]);
  for (const worker of stage.workers) worker.leave();
  const all = await stage.askPatiently("GET /api/v1/server");
  assert.equal(all.status, 503);
});

test("the server is ready while all of its workers are, and says why it is not", async () => {
  const stage = await WorkersStage.open(2, { memoryBytes: 1000 });
  const ready = async () => {
    const { status, body } = await stage.ask("GET /readyz", { token: null });
    assert.equal(status, body["ready"] === true ? 200 : 503);
    return body["reasons"];
  };
  assert.deepEqual(await ready(), []);
  stage.workers[1]!.server.held.outbound = 226;
  assert.deepEqual(await ready(), ["over_budget"]);
  stage.workers[0]!.leave();
  assert.deepEqual(await ready(), ["worker_down", "over_budget"]);
  await stage.add(1);
  stage.workers[1]!.server.held.outbound = 0;
  assert.deepEqual(await ready(), []);
  stage.isListening = false;
  assert.deepEqual(await ready(), ["starting"]);
  stage.isListening = true;
  stage.drains++;
  stage.workers[0]!.leave();
  assert.deepEqual(await ready(), ["draining"]);
  assert.equal((await stage.ask("GET /healthz")).status, 200);
});

test("drain and reload are the supervisor's", async () => {
  const stage = await WorkersStage.open(2);
  for (const worker of stage.workers) worker.open();
  stage.reloaded = { applied: ["log.level"], needsRestart: [] };
  assert.deepEqual((await stage.ask("POST /api/v1/reload")).body, stage.reloaded);
  const { status, body } = await stage.ask("POST /api/v1/drain");
  assert.deepEqual([status, body, stage.drains], [202, { sessions: 2 }, 1]);
  assert.equal((await stage.ask("POST /api/v1/drain")).status, 409);
  assert.deepEqual(stage.log.map(({ fields }) => fields["action"]), ["reload", "drain"]);
});

test("a listener hears the events of all workers, those included that came after it", async () => {
  const stage = await WorkersStage.open(2);
  const { body } = await stage.fetch("GET /api/v1/events");
  const reader = body!.getReader();
  const next = async () => decodeText((await reader.read()).value!)!;
  assert.equal(await next(), ": listening\n\n");
  await stage.ask("GET /readyz");
  await stage.add(3);
  for (const worker of stage.workers) {
    const { id } = worker.open().session;
    const text = await next();
    assert.match(text, /^event: connected\n/);
    assert.ok(text.includes(id));
  }
  stage.front.close();
  assert.equal((await reader.read()).done, true);
});

test("events travel only while somebody listens, or did until word of its end was lost", async () => {
  const stage = await WorkersStage.open(1);
  const [worker] = stage.workers;
  let passed = 0;
  stage.front.events.pass = () => void passed++;
  const opened = async () => {
    passed = 0;
    worker!.open();
    await stage.ask("GET /readyz");
    return passed;
  };
  assert.equal(await opened(), 0);
  const { body } = await stage.fetch("GET /api/v1/events");
  await stage.ask("GET /readyz");
  assert.equal(await opened(), 1);
  worker!.run(EVENTS_WANTED_MS);
  assert.equal(await opened(), 0);
  stage.world.runFor(EVENT_PING_MS);
  await stage.ask("GET /readyz");
  assert.equal(await opened(), 1);
  await body!.cancel();
  await stage.ask("GET /readyz");
  assert.equal(await opened(), 0);
});

test("metrics are summed, or the largest or least, as their families say; those of the process are there once", async () => {
  const stage = await WorkersStage.open(2, { limits: { maxConnections: 100 } });
  const [one, two] = stage.workers;
  one!.open().send(request(1, "x"));
  two!.open();
  one!.settle();
  for (const [worker, ms] of [[one!, 1], [two!, 700]] as const) {
    worker.server.counters.latencies.handshake.observe(ms);
  }
  Object.defineProperty(one!.context.vitals, "lagMs", { value: 20 });
  const { headers, text } = await stage.ask("GET /metrics");
  assert.match(headers.get("content-type")!, /^text\/plain; version=0\.0\.4/);
  const lines = text.split("\n");
  for (
    const line of [
      'tcp_server_connections{state="active"} 2',
      "tcp_server_accepted_total 2",
      'tcp_server_frames_received_total{type="handshake"} 2',
      'tcp_server_frames_received_total{type="request"} 1',
      "tcp_server_event_loop_lag_seconds 0.02",
      "tcp_server_connections_headroom 99",
      'tcp_server_build_info{version="1.2.3",runtime="fake 1.0.0"} 1',
      'tcp_server_workers{state="running"} 2',
      'tcp_server_workers{state="down"} 0',
      "tcp_server_worker_restarts_total 0",
      "tcp_server_bus_dropped_total 0",
      "process_cpu_seconds_total 3",
    ]
  ) {
    assert.ok(lines.includes(line), `${line} is not among\n${text}`);
  }
  assert.match(text, /^tcp_server_handshake_seconds_count 4$/m);
  assert.match(text, /^tcp_server_handshake_seconds_bucket\{le="\+Inf"\} 4$/m);
});

test("counters do not fall when a worker is gone, and go on when it is back; gauges do fall", async () => {
  const stage = await WorkersStage.open(2);
  for (const worker of stage.workers) worker.open();
  const read = async () => {
    const { text } = await stage.ask("GET /metrics");
    const numberOf = (name: string) => Number(new RegExp(`^${name} (.+)$`, "m").exec(text)![1]);
    return [
      numberOf("tcp_server_accepted_total"),
      numberOf('tcp_server_connections\\{state="active"\\}'),
      numberOf('tcp_server_workers\\{state="down"\\}'),
      numberOf("tcp_server_worker_restarts_total"),
    ];
  };
  assert.deepEqual(await read(), [2, 2, 0, 0]);
  stage.workers[1]!.leave();
  assert.deepEqual(await read(), [2, 1, 1, 0]);
  const back = await stage.add(2, { seed: 5 });
  assert.deepEqual(await read(), [2, 1, 0, 1]);
  back.open();
  assert.deepEqual(await read(), [3, 2, 0, 1]);
  assert.deepEqual(await read(), [3, 2, 0, 1]);
});

test("the description of the API is the one of a server without workers", async () => {
  const [front, alone] = [await WorkersStage.open(0), await AdminStage.open()];
  const [there, here] = [
    await front.ask("GET /openapi.json"),
    await alone.ask("GET /openapi.json"),
  ];
  assert.deepEqual(there.body, here.body);
});

test("the front lets in nobody without the token, and shows the dashboard to everybody", async () => {
  const stage = await WorkersStage.open(1);
  assert.equal((await stage.ask("GET /api/v1/sessions", { token: null })).status, 401);
  assert.equal((await stage.ask("GET /", { token: null })).status, 200);
  assert.equal((await stage.ask("GET /metrics", { token: null })).status, 401);
  const large = { body: `"${"x".repeat(2 ** 20)}"` };
  assert.equal((await stage.ask("POST /api/v1/kick", large)).status, 413);
});
