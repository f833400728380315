// A handler that fails: one Request ends, with an Error that tells nothing; the session lives.

import assert from "node:assert/strict";
import { test } from "node:test";
import { NO_BYTES } from "../../../src/base/bytes.ts";
import { FRAME_BYTES_CEILING } from "../../../src/limits/wire.ts";
import type { Endpoint } from "../../../src/messaging/endpoint.ts";
import { notification, request } from "./client.ts";
import { Stage } from "./stage.ts";

/** A handler that does `request` for id 1, and answers every other Request. */
function failing(fail: Endpoint["request"]): () => Endpoint {
  return () => ({
    request(session, frame) {
      if (frame.idLow === 1) fail(session, frame, "");
      else session.answer(frame.idHigh, frame.idLow, frame.payload);
    },
    notification() {
      throw new Error("The secret of a notification");
    },
  });
}

test("a Request whose handler throws gets handler_failed, and what was thrown only the log", () => {
  for (const thrown of [new Error("The secret"), "The secret"]) {
    const stage = new Stage({
      fallback: failing(() => {
        throw thrown;
      }),
    });
    const client = stage.open();
    client.send(request(1));
    stage.settle();
    assert.deepEqual(client.lastEnd, {
      code: 2001,
      name: "handler_failed",
      message: "The handler failed",
    });
    client.send(request(2, "b"));
    stage.settle();
    assert.deepEqual(client.heard, ["error 1 handler_failed", "response 2 b"]);
    assert.deepEqual([...stage.server.counters.errors], [["handler_failed", 1]]);
    const [line, ...others] = stage.logged("handler failed");
    assert.deepEqual([line!.session, others], [client.session.id, []]);
    assert.match(String(line!.error), /The secret/);
    assert.deepEqual([client.session.state, client.session.requestsRunning], ["active", 0]);
  }
});

test("a Notification whose handler throws is logged, and nothing is sent", () => {
  const stage = new Stage({ fallback: failing(() => {}) });
  const client = stage.open();
  client.send(notification(1), request(2));
  stage.settle();
  assert.deepEqual(client.heard, ["response 2"]);
  assert.equal(stage.logged("handler failed").length, 1);
});

test("a handler that throws behind its answer, or answers twice, has answered once", () => {
  const throws: Endpoint["request"] = (session, { idHigh, idLow }) => {
    session.answer(idHigh, idLow, NO_BYTES);
    throw new Error("A fault");
  };
  const twice: Endpoint["request"] = (session, { idHigh, idLow }) => {
    session.refuse(idHigh, idLow, "no_route", "No");
    session.answer(idHigh, idLow, NO_BYTES);
  };
  for (const [fail, heard] of [[throws, "response 1"], [twice, "error 1 no_route"]] as const) {
    const stage = new Stage({ fallback: failing(fail) });
    const client = stage.open();
    client.send(request(1), request(2));
    stage.settle();
    assert.deepEqual(client.heard, [heard, "response 2"]);
    assert.equal(stage.logged("handler failed").length, 1);
  }
});

test("an answer that is no frame any more is a failure of the handler", () => {
  const stage = new Stage({
    fallback: failing((session, { idHigh, idLow }) => {
      session.answer(idHigh, idLow, new Uint8Array(FRAME_BYTES_CEILING));
    }),
  });
  const client = stage.open();
  client.send(request(1), request(2));
  stage.settle();
  assert.deepEqual(client.heard, ["error 1 handler_failed", "response 2"]);
  assert.equal(client.session.requestsRunning, 0);
});

test("a handler that ends its session in the middle of a Request is no fault", () => {
  const stage = new Stage({
    fallback: failing((session, { idHigh, idLow }) => {
      stage.server.drain(() => {});
      session.answer(idHigh, idLow, NO_BYTES);
    }),
  });
  const client = stage.open();
  client.send(request(1), request(2));
  stage.settle();
  assert.deepEqual(client.heard, [
    "disconnect 0 draining",
    "response 1",
    "error 2 cancelled",
    "fin",
    "ended",
  ]);
});
