// Handlers: each Request is answered exactly once, whatever its handler does.

import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeEnd } from "../../../src/codec/end_payload.ts";
import { FrameType } from "../../../src/codec/frame.ts";
import type { App } from "../../../src/messaging/app.ts";
import type { Context } from "../../../src/messaging/context.ts";
import { RUNNING_BYTES_HIGH } from "../../../src/limits/running.ts";
import { disconnect, frame, ping, request } from "../server/client.ts";
import { Stage, type StageOptions } from "../server/stage.ts";
import { ask, deferred, openRouted, settled, tell } from "./clients.ts";

function stageWith(routes: (app: App) => void, options: StageOptions = {}) {
  const stage = new Stage({ routes, ...options });
  return { stage, client: openRouted(stage) };
}

test("what a handler replies, returns, or promises is the Response", async () => {
  const { stage, client } = stageWith((app) => {
    app.route("reply", (c) => c.reply(`${c.text()}!`));
    app.route("return", (c) => c.bytes());
    app.route("promise", async (c) => {
      await null;
      return c.text();
    });
    app.route("nothing", () => {});
  });
  client.send(ask(1, "reply", "a"), ask(2, "return", "b"), ask(3, "promise", "c"));
  client.send(ask(4, "nothing"));
  await settled(stage);
  assert.deepEqual(client.heard.toSorted(), [
    "response 1 a!",
    "response 2 b",
    "response 3 c",
    "response 4",
  ]);
  assert.equal(client.session.requestsRunning, 0);
});

test("a payload lives as long as its handler, whatever becomes of the chunk", async () => {
  const gate = deferred();
  const { stage, client } = stageWith((app) =>
    app.route("late", async (c) => {
      await gate.promise;
      return c.text();
    })
  );
  client.send(ask(1, "late", "still here"));
  stage.settle();
  client.send(tell("nobody", "x".repeat(50)));
  stage.settle();
  gate.resolve();
  await settled(stage);
  assert.deepEqual(client.heard, ["response 1 still here"]);
});

test("what throws, now or later, is handler_failed, and only the log hears what it was", async () => {
  const { stage, client } = stageWith((app) => {
    app.route("now", () => {
      throw new Error("secret");
    });
    app.route("later", async () => {
      await null;
      throw new Error("secret");
    });
    app.route("odd", () => 5);
  });
  client.send(ask(1, "now"), ask(2, "later"), ask(3, "odd"));
  await settled(stage);
  assert.deepEqual(client.heard.toSorted(), [1, 2, 3].map((id) => `error ${id} handler_failed`));
  assert(client.frames.every(({ payload }) => !decodeEnd(payload)!.message.includes("secret")));
  assert.equal(stage.logged("handler failed").length, 3);
  assert.equal(client.session.state, "active");
});

test("a handler that hangs is handler_timeout, its signal is aborted, and what it says later is dropped", async () => {
  const gate = deferred();
  let signal: AbortSignal | undefined;
  const { stage, client } = stageWith((app) =>
    app.route("hang", async (c) => {
      signal = c.signal;
      await gate.promise;
      c.reply("too late");
    }), { limits: { requestTimeoutMs: 1000 } });
  client.send(ask(1, "hang"));
  stage.run(900);
  assert.deepEqual([client.heard, signal!.aborted], [[], false]);
  stage.run(200);
  assert.deepEqual([client.heard, signal!.aborted], [["error 1 handler_timeout"], true]);
  gate.resolve();
  await settled(stage);
  assert.equal(client.heard.length, 1);
  assert.equal(client.session.requestsRunning, 0);
});

test("a second answer is dropped, and told in the log", async () => {
  const { stage, client } = stageWith((app) => {
    app.route("twice", (c) => {
      c.reply("one");
      c.fail(3001);
    });
    app.route("both", async (c) => {
      c.reply("one");
      await null;
      return "two";
    });
  });
  client.send(ask(1, "twice"), ask(2, "both"));
  await settled(stage);
  assert.deepEqual(client.heard, ["response 1 one", "response 2 one"]);
  assert.equal(stage.logged("handler failed").length, 1);
});

test("a handler whose session is gone hears of it, and its answer goes nowhere", async () => {
  const contexts: Context[] = [];
  const gate = deferred();
  const { stage, client } = stageWith((app) =>
    app.route("work", async (c) => {
      contexts.push(c);
      assert.equal(c.signal.aborted, false);
      await gate.promise;
      return "done";
    })
  );
  client.send(ask(1, "work"));
  stage.settle();
  client.connection.terminate();
  stage.settle();
  assert.equal(contexts[0]!.signal.aborted, true);
  assert.equal(contexts[0]!.session.isOpen, false);
  gate.resolve();
  await settled(stage);
  stage.run(20_000);
  assert.equal(stage.server.held.inbound, 0);
  stage.app.drain();
  stage.settle();
  stage.checkEmpty();
});

test("what runs when the server drains is still answered", async () => {
  const gate = deferred();
  const { stage, client } = stageWith((app) =>
    app.route("work", async () => {
      await gate.promise;
      return "done";
    })
  );
  client.send(ask(1, "work"));
  stage.settle();
  const drained = stage.app.drain();
  stage.settle();
  gate.resolve();
  await settled(stage);
  assert.deepEqual(client.heard, ["disconnect 0 draining", "response 1 done", "fin", "ended"]);
  await drained;
  stage.checkEmpty();
});

test("a Disconnect of the client's gives up what runs for it", () => {
  let signal: AbortSignal | undefined;
  const { stage, client } = stageWith((app) =>
    app.route("work", (c) => {
      signal = c.signal;
      return new Promise(() => {});
    })
  );
  client.send(ask(1, "work"), disconnect());
  stage.settle();
  assert.equal(signal!.aborted, true);
  assert.deepEqual(client.heard, ["fin", "ended"]);
  stage.run(3000);
  assert.equal(stage.world.openStreams.size, 0);
});

test("fail() answers with the application's code, and with no other", () => {
  const { stage, client } = stageWith((app) => {
    app.route("own", (c) => c.fail(3123, "no\u0000 stock"));
    app.route("foreign", (c) => c.fail(1000));
    app.route("forbidden", (c) => c.fail("route_forbidden", "not you"));
  });
  client.send(ask(1, "own"), ask(2, "foreign"), ask(3, "forbidden"));
  stage.settle();
  assert.deepEqual(client.frames.map(({ payload }) => decodeEnd(payload)), [
    { code: 3123, name: "application", message: "no\u0000 stock" },
    { code: 2001, name: "handler_failed", message: "The handler failed" },
    { code: 2007, name: "route_forbidden", message: "not you" },
  ]);
  assert.equal(stage.server.counters.errors.get("application"), 1);
});

test("a payload that is not what the handler reads is 3400, with the place", () => {
  const schema = {
    "~standard": {
      version: 1,
      validate: (value: unknown) =>
        typeof (value as { n?: unknown }).n === "number"
          ? { value: value as { n: number } }
          : { issues: [{ message: "Expected a number", path: ["n"] }] },
    },
  } as const;
  const { stage, client } = stageWith((app) => {
    app.route("json", (c) => `${c.json(schema).n + 1}`);
    app.route("text", (c) => c.text());
  });
  client.send(ask(1, "json", '{"n":1}'), ask(2, "json", '{"n":"1"}'), ask(3, "json", "{"));
  client.send(frame(FrameType.Request, 4, Uint8Array.of(4, 116, 101, 120, 116, 0xff)));
  stage.settle();
  assert.equal(client.heard[0], "response 1 2");
  assert.deepEqual(client.frames.slice(1).map(({ payload }) => decodeEnd(payload)), [
    { code: 3400, name: "application", message: "n: Expected a number" },
    { code: 3400, name: "application", message: "The payload is not JSON" },
    { code: 3400, name: "application", message: "The payload is not valid UTF-8" },
  ]);
  assert.deepEqual(stage.logged("handler failed"), []);
});

test("middleware goes around handlers, the first outermost, and may answer itself", async () => {
  const { stage, client } = stageWith((app) => {
    app.use(async (c, next) => {
      c.state["by"] = "first";
      const result = await next();
      return `<${result}>`;
    });
    app.route("in", (c) => `${c.state["by"]}`);
    app.route("closed", () => "never");
    app.use((c, next) => c.route === "closed" ? c.fail(3403) : next());
  });
  client.send(ask(1, "in"), ask(2, "closed"));
  await settled(stage);
  assert.deepEqual(client.heard.toSorted(), ["error 2 application", "response 1 <first>"]);
});

test("an unknown route is no_route, a Notification to it is counted, and the rest goes on", () => {
  const { stage, client } = stageWith((app) => app.route("here", () => "yes"));
  client.send(ask(1, "there"), tell("there"), ask(2, "HERE"), ask(3, "here"));
  stage.settle();
  assert.deepEqual(client.heard, ["error 1 no_route", "error 2 no_route", "response 3 yes"]);
  assert.equal(stage.server.counters.framesUnexpected[FrameType.Notification], 1);
});

test("a route that reaches past the payload ends the session", () => {
  for (const payload of [new Uint8Array(0), Uint8Array.of(2, 97)]) {
    const { stage, client } = stageWith(() => {});
    client.send(frame(FrameType.Request, 7, payload));
    stage.settle();
    assert.deepEqual(client.heard.slice(0, 1), ["error 7 bad_payload"]);
    assert.equal(client.session.requestsRunning, 0);
  }
});

test("the default route is for empty names and for clients that speak no routes", () => {
  const { stage, client } = stageWith((app) => app.route("", (c) => `default ${c.text()}`));
  const plain = stage.open();
  client.send(ask(1, "", "routed"));
  plain.send(request(2, "plain"));
  stage.settle();
  assert.deepEqual([client.heard, plain.heard], [["response 1 default routed"], [
    "response 2 default plain",
  ]]);
});

test("handlers that fall behind hold back their peer's reading, and nobody else's", async () => {
  const gates: (() => void)[] = [];
  const { stage, client } = stageWith((app) => {
    app.route("slow", () => new Promise<void>((resolve) => gates.push(resolve)));
  }, { network: { bufferBytes: 64 * 1024 } });
  const other = openRouted(stage);
  const body = "x".repeat(100_000);
  for (let id = 1; id <= 20; id++) client.send(ask(id, "slow", body));
  client.send(ping(99));
  stage.run(200);
  const held = gates.length;
  assert(held * 100_000 > RUNNING_BYTES_HIGH && held < 20, `${held} run`);
  assert.equal(client.session.inbound.stopped, "held");
  other.send(ping(1));
  stage.settle();
  assert.deepEqual(other.heard, ["pong 1"]);
  for (let i = 0; i < 20; i++) {
    gates[i]?.();
    await settled(stage);
    stage.run(100);
  }
  assert.equal(client.heard.filter((line) => line.startsWith("response")).length, 20);
  assert.equal(client.heard.filter((line) => line === "pong 99").length, 1);
  assert.equal(stage.server.held.inbound, 0);
});
