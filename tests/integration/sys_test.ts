// The routes sys.* of the program: which are on by default, and what they do once all are.

import assert from "node:assert/strict";
import { test } from "node:test";
import { startServer } from "./running_server.ts";
import { answerTo, connectAs, textOf } from "./text_client.ts";
import { Watched } from "./watched.ts";

test("by default a client may echo, ask about itself and leave; not join, publish or tell", async (t) => {
  const server = await startServer(t);
  const client = await connectAs(t, server.port, "ann");
  assert.equal(await answerTo(client, "sys.echo", "x"), "x");
  const info = JSON.parse(await answerTo(client, "sys.info") as string);
  assert.deepEqual([info.user, info.client, info.groups], ["ann", "test/1", []]);
  assert.ok(Math.abs(Date.parse(info.connectedAt) - Date.now()) < 60_000);
  assert.equal(await answerTo(client, "sys.leave", "g"), "");
  for (const route of ["sys.join", "sys.publish", "sys.tell"]) {
    assert.deepEqual(await answerTo(client, route, "\u0001gx"), [
      2007,
      `The route "${route}" is off`,
    ]);
  }
  assert.equal((await answerTo(client, "sys.nothing"))[0], 2000);
});

test("what is turned on works, and the pattern narrows which groups may be joined", async (t) => {
  const server = await startServer(t, {
    sys_echo: "false",
    sys_join: "true",
    sys_join_pattern: "room-[0-9]+",
    sys_publish: "true",
    sys_tell: "true",
  });
  const [ann, bob] = [
    await connectAs(t, server.port, "ann"),
    await connectAs(t, server.port, "bob"),
  ];
  const heard: string[] = [];
  const watched = new Watched();
  const hear = (text: string) => {
    heard.push(text);
    watched.changed();
  };
  ann.on("broadcast", ({ body }) => hear(`broadcast ${textOf(body)}`));
  ann.on("notification", ({ route, body }) => hear(`notification "${route}" ${textOf(body)}`));
  await ann.join("room-7");
  assert.equal((await answerTo(ann, "sys.join", "room-x"))[0], 2007);
  await bob.publish("room-7", "to the room");
  assert.equal(
    await answerTo(bob, "sys.tell", "\u0003annto ann"),
    '{"matched":1,"queued":1,"slow":0}',
  );
  await watched.until("both", () => heard.length === 2 || undefined);
  assert.deepEqual(heard, ["broadcast to the room", 'notification "" to ann']);
  assert.equal((await answerTo(ann, "sys.echo"))[0], 2007);
});
