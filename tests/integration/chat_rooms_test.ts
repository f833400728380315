// Chat rooms of the program, with clients in them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { startServer } from "./running_server.ts";
import { answerTo, connectAs, textOf } from "./text_client.ts";
import { Watched } from "./watched.ts";

test("people meet in a room, talk, and are told who comes and goes", async (t) => {
  const server = await startServer(t, { handler: "chat" });
  const [ann, bob] = [
    await connectAs(t, server.port, "ann"),
    await connectAs(t, server.port, "bob"),
  ];
  const heard: unknown[] = [];
  const watched = new Watched();
  ann.on("notification", ({ route, body }) => {
    heard.push([route, JSON.parse(textOf(body))]);
    watched.changed();
  });
  const room = JSON.stringify({ room: "garden" });
  await answerTo(ann, "chat.join", room);
  assert.equal(
    await answerTo(bob, "chat.join", room),
    '{"room":"garden","name":"bob","count":2,"names":["ann","bob"]}',
  );
  await answerTo(bob, "chat.say", JSON.stringify({ room: "garden", text: "hello" }));
  await bob.close();
  await watched.until("all three", () => heard.length === 3 || undefined);
  assert.deepEqual(heard, [
    ["chat.joined", { room: "garden", name: "bob" }],
    ["chat.message", { room: "garden", name: "bob", text: "hello" }],
    ["chat.left", { room: "garden", name: "bob" }],
  ]);
  assert.equal(
    await answerTo(ann, "chat.who", room),
    '{"room":"garden","count":1,"names":["ann"]}',
  );
});
