// Who gets an answer from the admin API, and how those who do not are told.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ADMIN_BODY_BYTES_MAX, LOGIN_FAILURES_MAX } from "../../../src/limits/admin.ts";
import { AdminStage } from "./admin_stage.ts";
import { type Answer, SECRET } from "./asking.ts";

function assertError(answer: Answer, status: number, code: string): void {
  const { error } = answer.body as { error: { code: string; message: string } };
  assert.deepEqual([answer.status, error.code], [status, code], answer.text);
  assert.deepEqual(Object.keys(answer.body), ["error"]);
  assert.match(error.message, /^[A-Z].*[^.]$/);
}

test("without the token nothing is answered but probes", async () => {
  const stage = await AdminStage.open();
  for (const path of ["/api/v1/server", "/metrics", "/openapi.json", "/api/v1/nothing", "/x"]) {
    for (const token of [null, "a-token-of-somebody-else", SECRET.slice(1), `${SECRET}x`, ""]) {
      const answer = await stage.ask(`GET ${path}`, { token });
      assertError(answer, 401, "unauthorized");
      assert.equal(answer.headers.get("www-authenticate"), "Bearer");
    }
    assert.notEqual((await stage.ask(`GET ${path}`, { from: "10.0.0.1" })).status, 401);
    stage.run(120_000); // wrong tokens are forgiven
  }
  for (const path of ["/healthz", "/readyz"]) {
    assert.equal((await stage.ask(`GET ${path}`, { token: null })).status, 200);
  }
});

test("wrong tokens are throttled by address, and a right one never is", async () => {
  const stage = await AdminStage.open();
  const wrong = { token: "a-token-of-somebody-else" };
  for (let i = 0; i < LOGIN_FAILURES_MAX; i++) {
    assertError(await stage.ask("GET /metrics", wrong), 401, "unauthorized");
  }
  const throttled = await stage.ask("GET /metrics", wrong);
  assertError(throttled, 429, "throttled");
  assert.equal(throttled.headers.get("retry-after"), "60");
  assert.equal((await stage.ask("GET /metrics")).status, 200);
  assert.equal((await stage.ask("GET /metrics", { ...wrong, from: "10.0.0.1" })).status, 401);
  stage.run(60_000);
  assertError(await stage.ask("GET /metrics", wrong), 401, "unauthorized");
  const refused = stage.adminLog.filter(({ event }) => event === "admin refused");
  assert.equal(refused.length, LOGIN_FAILURES_MAX + 3);
  assert.deepEqual(refused[0]!.fields, { address: "127.0.0.1", path: "/metrics" });
  assert.doesNotMatch(JSON.stringify(stage.adminLog), /somebody/, "tokens are not logged");
});

test("on the loopback it does not answer to the name of a website", async () => {
  const stage = await AdminStage.open();
  for (const host of ["evil.example", "localhost.evil.example:9101"]) {
    assertError(await stage.ask("GET /healthz", { host }), 403, "forbidden");
  }
  for (const host of ["localhost:9101", "127.0.0.1", "[::1]:9101"]) {
    assert.equal((await stage.ask("GET /healthz", { host })).status, 200, host);
  }
  const open = await AdminStage.open({}, "0.0.0.0");
  assert.equal((await open.ask("GET /healthz", { host: "admin.example" })).status, 200);
});

test("a body is JSON of known keys, within its bound, or the request is refused", async () => {
  const stage = await AdminStage.open();
  const ban = "POST /api/v1/bans";
  for (const body of ["{", "null", "[]", '"x"', '{"user":"u"} x', "\ufeff{}"]) {
    assertError(await stage.ask(ban, { body }), 400, "invalid");
  }
  for (const body of [{ user: 1 }, { user: "u", usr: "v" }, { user: "u", banSeconds: 0.5 }]) {
    assertError(await stage.ask(ban, { body }), 400, "invalid");
  }
  const body = JSON.stringify({ user: "x".repeat(ADMIN_BODY_BYTES_MAX) });
  assertError(await stage.ask(ban, { body }), 413, "too_large");
  assert.match((await stage.ask(ban, { body: { usr: "v" } })).text, /usr/);
});

test("no answer is for caches, or to be taken for something else than it says", async () => {
  const stage = await AdminStage.open();
  for (const what of ["GET /healthz", "GET /api/v1/nothing", "GET /metrics"]) {
    const { headers } = await stage.ask(what);
    assert.equal(headers.get("cache-control"), "no-store");
    assert.equal(headers.get("x-content-type-options"), "nosniff");
  }
});

test("a path that is not there, and a method it does not take, are 404", async () => {
  const stage = await AdminStage.open();
  for (const what of ["GET /api/v1/nothing", "PUT /api/v1/bans", "GET /api/v1/drain"]) {
    assertError(await stage.ask(what), 404, "not_found");
  }
});

test("a fault of ours tells the asker nothing, and the log everything", async () => {
  const stage = await AdminStage.open();
  stage.server.registry.forEach = () => {
    throw new Error("the inside of things");
  };
  const answer = await stage.ask("GET /api/v1/sessions");
  assertError(answer, 500, "internal");
  assert.doesNotMatch(answer.text, /inside/);
  assert.match(JSON.stringify(stage.adminLog), /the inside of things/);
});
