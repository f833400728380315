// The admin API of the running program, over HTTP, with clients on it: seeing, reaching and ending them.

import assert from "node:assert/strict";
import { once } from "node:events";
import { statSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { startAdministered } from "./admin_client.ts";
import { BROADCAST, DISCONNECT, frame, json, NOTIFICATION, REQUEST, RESPONSE } from "./frames.ts";
import { type Cleanup, runProgram } from "./program.ts";
import { connectClient, type RawClient } from "./raw_client.ts";

/** A client that said who it is. */
async function connectAs(t: Cleanup, port: number, user: string): Promise<RawClient> {
  const client = await connectClient(t, port);
  await client.shakeHands({ user });
  return client;
}

/** The items of a list. */
function itemsOf({ body }: { body: Readonly<Record<string, unknown>> }) {
  return body["items"] as Readonly<Record<string, unknown>>[];
}

test("the first start makes a token that only its owner reads, and the API asks for it", async (t) => {
  const { url, token, tokenFile, ask } = await startAdministered(t);
  assert.match(token, /^[\w-]{43}$/);
  assert.equal(statSync(tokenFile).mode & 0o777, 0o600);
  for (const headers of [{}, { authorization: "Bearer x" }]) {
    const response = await fetch(`${url}/api/v1/server`, { headers });
    assert.equal(response.status, 401);
    assert.equal((await response.json()).error.code, "unauthorized");
  }
  for (const path of ["/healthz", "/readyz"]) assert.equal((await fetch(url + path)).status, 200);
  const { status, body } = await ask("GET /api/v1/server");
  assert.deepEqual([status, body["state"]], [200, "running"]);
});

test("sessions are seen, sent to, asked, and kicked, and it is remembered why they left", async (t) => {
  const { server, ask } = await startAdministered(t);
  const [ann, bob] = [
    await connectAs(t, server.port, "ann"),
    await connectAs(t, server.port, "bob"),
  ];
  const [session, ...others] = itemsOf(await ask("GET /api/v1/sessions?user=ann"));
  assert.deepEqual(others, []);
  const path = `/api/v1/sessions/${session!["id"]}`;
  assert.equal((await ask(`GET ${path}`)).body["user"], "ann");

  assert.deepEqual((await ask(`POST ${path}/send`, { text: "hi" })).body, { result: "queued" });
  const notification = await ann.next();
  assert.deepEqual([notification.type, `${notification.payload}`], [NOTIFICATION, "hi"]);

  const answer = ask(`POST ${path}/request`, { text: "who?" });
  const question = await ann.next();
  assert.deepEqual([question.type, `${question.payload}`], [REQUEST, "who?"]);
  ann.send(frame(RESPONSE, question.id, "me"));
  assert.deepEqual(await answer, { status: 200, body: { text: "me" } });

  const { body } = await ask("POST /api/v1/broadcast", { text: "all" });
  assert.deepEqual(body, { matched: 2, queued: 2, slow: 0 });
  for (const client of [ann, bob]) {
    const { type, payload } = await client.next();
    assert.deepEqual([type, `${payload}`], [BROADCAST, "all"]);
  }

  assert.equal((await ask(`DELETE ${path}`, { message: "Bye" })).status, 200);
  const { frames: [last], end } = await ann.rest();
  assert.deepEqual([last!.type, json(last!)["name"], json(last!)["message"], end], [
    DISCONNECT,
    "kicked",
    "Bye",
    "fin",
  ]);
  assert.equal((await ask(`GET ${path}`)).status, 404);
  const [closed] = itemsOf(await ask("GET /api/v1/closed?user=ann"));
  assert.deepEqual([closed!["name"], closed!["by"]], ["kicked", "admin"]);
  const timeline = itemsOf(await ask("GET /api/v1/users/ann/timeline"));
  assert.deepEqual(timeline.map(({ event }) => event), ["connected", "ended"]);
  const changes = server.log.of("admin change").map(({ action }) => action);
  assert.deepEqual(changes, ["send", "request", "broadcast", "kick"]);
});

test("a body that is too large is refused, also where its length is not told", async (t) => {
  const { url, token } = await startAdministered(t);
  const chunk = new Uint8Array(300_000).fill(32);
  const bodies = [() => new Uint8Array(1_048_577), () =>
    new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(chunk),
    })];
  for (const body of bodies) {
    const init = { method: "POST", body: body(), duplex: "half" };
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${url}/api/v1/bans`, { ...init, headers } as RequestInit);
    assert.equal(response.status, 413);
    assert.equal((await response.json()).error.code, "too_large");
  }
});

test("a drain over HTTP is answered, ends listeners, and ends the program with exit code 0", async (t) => {
  const { server, url, token, ask } = await startAdministered(t);
  const client = await connectAs(t, server.port, "ann");
  const headers = { authorization: `Bearer ${token}` };
  const events = (await fetch(`${url}/api/v1/events`, { headers })).text();
  const answer = await ask("POST /api/v1/drain");
  assert.deepEqual(answer, { status: 202, body: { sessions: 1 } });
  assert.equal(json((await client.rest()).frames.at(-1)!)["name"], "draining");
  client.finish();
  assert.equal(await server.program.exited(), 0);
  assert.match(await events, /event: ended\ndata: .*"name":"draining"/);
});

test("metrics have a port of their own, without a token", async (t) => {
  const { server, url } = await startAdministered(t, {
    enable_metrics: "true",
    metrics_host: "127.0.0.1",
    metrics_port: "0",
  });
  await connectAs(t, server.port, "ann");
  const { port } = await server.log.first("metrics listening");
  const page = await fetch(`http://127.0.0.1:${port}/metrics`);
  assert.match(await page.text(), /^tcp_server_connections\{state="active"\} 1$/m);
  assert.equal((await fetch(`http://127.0.0.1:${port}/api/v1/server`)).status, 404);
  const refused = await fetch(`${url}/metrics`);
  assert.equal(refused.status, 401);
  await refused.body?.cancel();
});

test("an admin or metrics port that somebody set and cannot be had ends the program with 3", async (t) => {
  const holder = createServer().listen(0, "127.0.0.1");
  await once(holder, "listening");
  t.after(() => holder.close());
  const { port } = holder.address() as AddressInfo;
  const { tokenFile } = await startAdministered(t);
  for (const flag of ["--admin-port", "--metrics-port"]) {
    const { exit, stdout } = await runProgram(
      t,
      ["--host", "127.0.0.1", "--port", "0", "--log-format", "json", flag, `${port}`],
      {
        TCP_SERVER_METRICS_HOST: "127.0.0.1",
        TCP_SERVER_ADMIN_ENABLED: `${flag === "--admin-port"}`,
        TCP_SERVER_ADMIN_TOKEN_FILE: tokenFile,
      },
    );
    assert.match(stdout, new RegExp(`"fatal","event":"cannot listen".*127.0.0.1:${port}`));
    assert.equal(exit, 3, flag);
  }
});

test("a token file that somebody set and that holds no token ends the program with 2", async (t) => {
  const { tokenFile } = await startAdministered(t);
  const env = { TCP_SERVER_ADMIN_TOKEN_FILE: join(tokenFile, "..", "..") };
  const args = ["--host", "127.0.0.1", "--port", "0", "--log-format", "json", "--admin-port", "0"];
  const { exit, stdout } = await runProgram(t, args, env);
  assert.match(stdout, /"fatal","event":"admin token".*Cannot use the token file/);
  assert.equal(exit, 2);
});
