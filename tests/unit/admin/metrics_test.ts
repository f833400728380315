// The metrics: every promised name with its type, numbers that are those of the server, and two ways to read them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { metricsHandler, metricsOf } from "../../../src/admin/metrics.ts";
import { histogramOf } from "../../../src/observe/latencies.ts";
import { disconnect, request } from "../server/client.ts";
import { AdminStage } from "./admin_stage.ts";

/** Each name with its type. */
const PROMISED = {
  connections: "gauge",
  accepted_total: "counter",
  refused_total: "counter",
  closed_total: "counter",
  frames_received_total: "counter",
  frames_sent_total: "counter",
  bytes_received_total: "counter",
  bytes_sent_total: "counter",
  unexpected_frames_total: "counter",
  errors_total: "counter",
  request_seconds: "histogram",
  handshake_seconds: "histogram",
  heartbeat_rtt_seconds: "histogram",
  heartbeats_missed_total: "counter",
  resume_total: "counter",
  sessions_waiting: "gauge",
  backend_seconds: "histogram",
  outbound_bytes: "gauge",
  outbound_budget_bytes: "gauge",
  slow_actions_total: "counter",
  event_loop_lag_seconds: "gauge",
  connections_headroom: "gauge",
  build_info: "gauge",
};

async function scrape(stage: AdminStage): Promise<string[]> {
  const { status, headers, text } = await stage.ask("GET /metrics");
  assert.equal(status, 200);
  assert.match(headers.get("content-type")!, /^text\/plain; version=0\.0\.4/);
  return text.split("\n");
}

test("every promised metric is there with its type, and so is the process", async () => {
  const lines = await scrape(await AdminStage.open());
  for (const [name, type] of Object.entries(PROMISED)) {
    assert.ok(lines.includes(`# TYPE tcp_server_${name} ${type}`), name);
  }
  for (
    const line of ["process_cpu_seconds_total 3", "process_open_fds 10", "process_max_fds 1000"]
  ) {
    assert.ok(lines.includes(line), line);
  }
});

test("the numbers are those of the server", async () => {
  const stage = await AdminStage.open();
  const client = stage.open();
  client.send(request(1, "hello"));
  stage.connect();
  stage.settle();
  stage.open().send(disconnect());
  stage.settle();
  const { latencies } = stage.server.counters;
  histogramOf(latencies.requests, "a.b").observe(3);
  latencies.handshake.observe(700);
  const lines = await scrape(stage);
  for (
    const line of [
      'tcp_server_connections{state="active"} 1',
      'tcp_server_connections{state="connecting"} 1',
      "tcp_server_accepted_total 3",
      'tcp_server_closed_total{name="normal",by="peer"} 1',
      'tcp_server_frames_received_total{type="request"} 1',
      'tcp_server_frames_sent_total{type="response"} 1',
      'tcp_server_slow_actions_total{policy="disconnect"} 0',
      'tcp_server_build_info{version="1.2.3",runtime="fake 1.0.0"} 1',
      'tcp_server_request_seconds_bucket{route="a.b",le="0.0025"} 0',
      'tcp_server_request_seconds_bucket{route="a.b",le="0.005"} 1',
      'tcp_server_request_seconds_bucket{route="a.b",le="+Inf"} 1',
      'tcp_server_request_seconds_count{route="a.b"} 1',
      'tcp_server_request_seconds_sum{route="a.b"} 0.003',
    ]
  ) {
    assert.ok(lines.includes(line), `${line} is not among\n${lines.join("\n")}`);
  }
});

test("broadcasts dropped for slow peers are counted under the policy that dropped them", async () => {
  const stage = await AdminStage.open({ policies: { broadcastPolicy: "drop_oldest" } });
  stage.server.counters.broadcastsDropped = 5;
  const lines = await scrape(stage);
  assert.ok(lines.includes('tcp_server_slow_actions_total{policy="drop_oldest"} 5'));
});

test("a platform that does not tell its descriptors has no metrics of them", async () => {
  const { context } = await AdminStage.open();
  const usage = { ...context.vitals.usage(), openDescriptors: null, maxDescriptors: null };
  Object.defineProperty(context.vitals, "usage", { value: () => usage });
  const text = await metricsOf(context, 0).metrics();
  assert.doesNotMatch(text, /_fds/);
  assert.match(text, /tcp_server_connections_headroom 10000\n/);
});

test("the port of the metrics answers at their path without a token, and nowhere else", async () => {
  const { context } = await AdminStage.open();
  const handle = metricsHandler(metricsOf(context, 0));
  const page = await handle(new Request("http://any.example:9100/metrics"));
  assert.equal(page.status, 200);
  assert.match(await page.text(), /^tcp_server_accepted_total 0$/m);
  for (const [path, method] of [["/", "GET"], ["/api/v1/server", "GET"], ["/metrics", "POST"]]) {
    const init = { method: method! };
    assert.equal((await handle(new Request(`http://localhost${path}`, init))).status, 404);
  }
});
