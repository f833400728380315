// No handler: Requests are refused, Notifications dropped.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FrameType } from "../../../src/codec/frame.ts";
import { none } from "../../../src/handlers/none.ts";
import { notification, ping, request } from "../server/client.ts";
import { Stage } from "../server/stage.ts";

test("a Request gets no_route with its id, a Notification is counted and dropped", () => {
  const stage = new Stage({ handler: none });
  const client = stage.open();
  client.send(request(1, "a"), notification(2, "b"), notification(3), ping(4), request(5));
  stage.settle();
  assert.deepEqual(client.heard, ["error 1 no_route", "pong 4", "error 5 no_route"]);
  assert.equal(stage.server.counters.framesUnexpected[FrameType.Notification], 2);
  assert.deepEqual([...stage.server.counters.errors], [["no_route", 2]]);
  assert.deepEqual([client.session.state, client.session.requestsRunning], ["active", 0]);
});

test("a server without a handler can still send to everybody", () => {
  const stage = new Stage({ handler: none });
  const client = stage.open();
  stage.server.broadcast(new Uint8Array(0));
  stage.settle();
  assert.deepEqual(client.heard, ["broadcast 0"]);
});
