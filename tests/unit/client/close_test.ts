// The end of a client that its program closes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { errorFrame, shown, Stage } from "./stage.ts";

test("close() sends what is queued, then Disconnect, and fails what has no answer", async () => {
  const stage = new Stage({ answerMs: null });
  const client = await stage.open();
  client.notify("", "last words");
  const lost = assert.rejects(client.request("", "x"), { code: 2006, name: "answer_lost" });
  const closed = client.close();
  await assert.rejects(client.request("", "y"), { code: 2005, name: "cancelled" });
  await stage.run();
  await Promise.all([closed, lost]);
  const heard = ["handshake 0", "notification 0 \0last words", "request 1 \0x", "disconnect 0"];
  assert.deepEqual(stage.peer.last.heard, heard);
  await client.close();
});

test("close() gives up on a server that does not close its side", async () => {
  const stage = new Stage();
  const client = await stage.open();
  stage.world.streamOf(stage.peer.last.connection).cut();
  let isClosed = false;
  client.close().then(() => isClosed = true);
  await stage.run(4_900);
  assert.equal(isClosed, false);
  await stage.run(200);
  assert.equal(isClosed, true);
});

test("a client that its program closes is closed by that, whatever the server says meanwhile", async () => {
  const stage = new Stage();
  const client = await stage.open();
  const closed = client.close();
  stage.peer.last.send(errorFrame("stale"));
  await stage.run();
  await closed;
  assert.equal(shown(client.state), "closed normal by client");
});

test("close() while waiting ends at once, and no attempt follows", async () => {
  const stage = new Stage();
  stage.peer.stop();
  const client = stage.connect();
  await stage.run(100);
  assert.equal(client.state.state, "waiting");
  await client.close();
  assert.equal(shown(client.state), "closed normal by client");
  assert.equal(stage.platform.wheel.size, 0);
});

test("a closed client holds nothing of what it could not send", async () => {
  const stage = new Stage();
  stage.peer.stop();
  const client = stage.connect();
  client.notify("", "never sent");
  const refused = assert.rejects(client.request("", "x"), { name: "normal" });
  await Promise.all([client.close(), refused]);
  assert.deepEqual([client.queuedBytes, client.running], [0, 0]);
});

test("a client that is closed while it tells that it connects does not connect", async () => {
  const stage = new Stage();
  const client = stage.connect();
  client.on("state", ({ state }) => void (state === "connecting" && client.close()));
  await stage.run(1_000);
  assert.equal(client.state.state, "closed");
  assert.equal(stage.peer.connections.length, 0);
});
