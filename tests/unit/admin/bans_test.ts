// Bans: whom they keep out and for how long, how many there may be, and their list over HTTP.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Ban, Bans, type BanTarget } from "../../../src/admin/bans.ts";
import { BANS_MAX } from "../../../src/limits/admin.ts";
import { handshake } from "../server/client.ts";
import { AdminStage } from "./admin_stage.ts";

function ban(target: BanTarget, expiresAt = Infinity, createdAt = 0): Ban {
  return { target, expiresAt, createdAt, reason: "" };
}

test("a ban keeps out a user, an address, or all of a network, and nobody else", () => {
  const bans = new Bans();
  for (
    const target of [{ user: "ann" }, { address: "10.1.0.0/16" }, { address: "2001:db8::/32" }]
  ) {
    assert.ok(bans.add(ban(target)));
  }
  bans.add(ban({ address: "192.0.2.7" }));
  for (
    const [host, user, isBanned] of [
      ["198.51.100.1", "ann", true],
      ["198.51.100.1", "bob", false],
      ["198.51.100.1", "", false],
      ["10.1.255.1", "bob", true],
      ["10.2.0.1", "", false],
      ["::ffff:10.1.0.1", "", true],
      ["192.0.2.7", "", true],
      ["192.0.2.8", "", false],
      ["2001:db8:1::1", "", true],
      ["2001:db9::1", "", false],
      ["", "", false],
    ] as const
  ) {
    assert.equal(bans.isBanned(host, user, 1), isBanned, `${user}@${host}`);
  }
});

test("a ban ends when its time is over, and is forgotten then", () => {
  const bans = new Bans();
  bans.add(ban({ user: "ann" }, 100));
  bans.add(ban({ address: "10.0.0.1" }, 100));
  assert.deepEqual([99, 100].map((now) => bans.isBanned("", "ann", now)), [true, false]);
  assert.deepEqual([99, 100].map((now) => bans.isBanned("10.0.0.1", "", now)), [true, false]);
  assert.equal(bans.size, 2);
  assert.deepEqual(bans.list(100), []);
  assert.equal(bans.size, 0);
});

test("a new ban takes the place of an old one for the same target, however it is written", () => {
  const bans = new Bans();
  bans.add(ban({ address: "10.0.0.1/8" }));
  bans.add(ban({ address: "10.9.9.9/8" }, 50));
  assert.deepEqual(bans.list(0).map(({ target }) => target), [{ address: "10.0.0.0/8" }]);
  assert.equal(bans.isBanned("10.0.0.1", "", 50), false);
  assert.ok(bans.remove({ address: "10.1.1.1/8" }));
  assert.equal(bans.remove({ address: "10.1.1.1/8" }), false);
  assert.equal(bans.isBanned("10.0.0.1", "", 0), false);
});

test("the list is bounded; one that is full has room again where a ban is over, or is replaced", () => {
  const bans = new Bans();
  for (let i = 1; i < BANS_MAX; i++) assert.ok(bans.add(ban({ user: `u${i}` })));
  assert.ok(bans.add(ban({ address: "10.0.0.1" }, 100)));
  assert.equal(bans.add(ban({ user: "ann" }, Infinity, 99)), false);
  assert.ok(bans.add(ban({ user: "u1" }, Infinity, 99)));
  assert.ok(bans.add(ban({ user: "ann" }, Infinity, 100)));
  assert.equal(bans.size, BANS_MAX);
});

test("bans are added, listed and taken away over HTTP, and each change is logged", async () => {
  const stage = await AdminStage.open();
  const added = await stage.ask("POST /api/v1/bans", {
    body: { user: "ann", banSeconds: 60, reason: "Spam" },
  });
  assert.equal(added.status, 200);
  const { createdAt, expiresAt, ...rest } = added.body;
  assert.deepEqual(rest, { user: "ann", reason: "Spam" });
  assert.equal(Date.parse(expiresAt as string) - Date.parse(createdAt as string), 60_000);
  await stage.ask("POST /api/v1/bans", { body: { address: "10.0.0.9/8" } });
  const { items } = await stage.ask("GET /api/v1/bans");
  assert.deepEqual(items.map(({ user, address, expiresAt }) => [user ?? address, expiresAt]), [
    ["ann", expiresAt],
    ["10.0.0.0/8", null],
  ]);
  assert.equal((await stage.ask("DELETE /api/v1/bans?user=ann")).status, 200);
  assert.equal((await stage.ask("DELETE /api/v1/bans?user=ann")).status, 404);
  assert.equal((await stage.ask("DELETE /api/v1/bans?address=10.0.0.0/8")).status, 200);
  assert.deepEqual((await stage.ask("GET /api/v1/bans")).items, []);
  assert.deepEqual(
    stage.adminLog.map(({ fields }) => [fields["action"], fields["user"] ?? fields["address"]]),
    [["ban", "ann"], ["ban", "10.0.0.9/8"], ["unban", "ann"], ["unban", "10.0.0.0/8"]],
  );
});

test("who is banned gets no further than the Handshake, and everybody else does", async () => {
  const stage = await AdminStage.open();
  const before = stage.open('{"user":"ann"}');
  await stage.ask("POST /api/v1/bans", { body: { user: "ann" } });
  assert.ok(before.session.isOpen, "a ban ends nobody who is in");
  const client = stage.connect();
  client.send(handshake('{"user":"ann"}'));
  stage.settle();
  assert.deepEqual([client.lastEnd.name, client.lastEnd.reconnect], ["banned", "no"]);
  assert.ok(stage.open('{"user":"bob"}').session.isOpen);
  await stage.ask("POST /api/v1/bans", { body: { address: "127.0.0.0/8" } });
  assert.equal(stage.open().session.ending?.name, "banned");
  await stage.ask("DELETE /api/v1/bans?address=127.0.0.0/8");
  assert.ok(stage.open().session.isOpen);
  stage.checkSums();
});

test("a ban names one target, that exists, and an end that comes", async () => {
  const stage = await AdminStage.open();
  for (
    const body of [
      ...[{}, { user: "a", address: "10.0.0.1" }, { user: "" }, { user: "x".repeat(129) }],
      ...[{ address: "10.0.0.0/33" }, { user: "a", banSeconds: 0 }, { user: "a", banSeconds: "9" }],
      ...[{ user: "a", reason: "x".repeat(501) }, { user: "a", until: 1 }],
    ]
  ) {
    const { status, text } = await stage.ask("POST /api/v1/bans", { body });
    assert.equal(status, 400, `${JSON.stringify(body)}: ${text}`);
  }
  assert.equal((await stage.ask("DELETE /api/v1/bans")).status, 400);
});
