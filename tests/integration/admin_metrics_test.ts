// The metrics of the running program, read by Prometheus' own checker.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { startAdministered } from "./admin_client.ts";
import { frame, REQUEST } from "./frames.ts";
import { connectClient } from "./raw_client.ts";

const PROMTOOL = spawnSync("promtool", ["--version"]).error === undefined;
const skip = PROMTOOL ? false : "promtool is not installed (Debian's package prometheus has it)";

test("promtool finds nothing to say about the metrics", { skip }, async (t) => {
  const { server, url, token } = await startAdministered(t);
  const client = await connectClient(t, server.port);
  await client.shakeHands({ user: "ann" });
  client.send(frame(REQUEST, 1n, "hello"));
  await client.next();
  client.destroy();
  await server.log.first("session ended");
  const headers = { authorization: `Bearer ${token}` };
  const input = await (await fetch(`${url}/metrics`, { headers })).text();
  assert.match(input, /^tcp_server_closed_total\{name="transport_lost",by="network"\} 1$/m);
  const { status, stdout, stderr } = spawnSync("promtool", ["check", "metrics"], { input });
  assert.deepEqual([`${stdout}${stderr}`, status], ["", 0]);
});
