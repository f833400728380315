// Credentials: when the program is asked for one, and what happens to one that is refused.

import assert from "node:assert/strict";
import { test } from "node:test";
import { errorFrame, shown, Stage } from "./stage.ts";

test("a code that asks for a token has the callback asked for a new one", async () => {
  const stage = new Stage();
  stage.peer.script.refuse = ({ token }) => token === "token 2" ? null : errorFrame("unauthorized");
  let asked = 0;
  const client = stage.connect({ token: () => Promise.resolve(`token ${++asked}`) });
  await stage.run(3_000);
  assert.equal(client.state.state, "open");
  assert.equal(asked, 2);
  // It is kept for the next connection.
  stage.reset();
  await stage.run(3_000);
  assert.equal(client.state.state, "open");
  assert.equal(asked, 2);
});

test("a text that is refused closes the client", async () => {
  const stage = new Stage({ refuse: () => errorFrame("unauthorized") });
  const client = stage.connect({ token: "secret" });
  await stage.run();
  assert.equal(stage.peer.last.handshake["token"], "secret");
  assert.equal(shown(client.state), "closed unauthorized by server");
});

test("a callback that fails, hangs or gives the refused token again is asked again later", async () => {
  const stage = new Stage();
  stage.peer.script.refuse = ({ token }) => token === "good" ? null : errorFrame("unauthorized");
  const tokens: (() => Promise<string>)[] = [
    () => Promise.reject(new Error("No service")),
    () => new Promise(() => {}),
    () => Promise.resolve("bad"),
    () => Promise.resolve("bad"),
    () => Promise.resolve("good"),
  ];
  const client = stage.connect({ token: () => tokens.shift()!(), connectTimeoutMs: 1_000 });
  await stage.until(() => client.state.state === "open");
  assert.equal(tokens.length, 0);
  assert.equal(stage.peer.connections.length, 2);
});
