// Workers that listen on one port, on the runtime that runs this: who is served, and what a crash takes along.

import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { test, type TestContext } from "node:test";
import { loadAdapter } from "./adapter.ts";
import { type StartedWorker, startWorker } from "./workers.ts";

const HOST = "127.0.0.1";

/** So many that none of two workers is left out by chance. */
const CLIENTS = 40;

/** The way the server finds its port: listening without sharing is refused where anybody listens. */
async function probe(port: number): Promise<number> {
  const { transport, clock } = await loadAdapter();
  const refuse = () => ({ onData() {}, onWritable() {}, onEnd() {}, onClose() {} });
  const listener = transport(() => {}).listen({ host: HOST, port }, refuse);
  listener.close();
  // On Deno the port is free a turn later: a worker may be faster.
  await new Promise<void>((resolve) => clock().afterIo(resolve));
  return listener.address.port;
}

async function listen(worker: StartedWorker, port: number, greeting: string): Promise<void> {
  assert.equal(await worker.ask({ do: "listen", host: HOST, port, greeting }), port);
}

/** Connects so many clients, and tells who greets each. */
async function greetAll(t: TestContext, port: number): Promise<{ socket: Socket; by: string }[]> {
  return await Promise.all(Array.from({ length: CLIENTS }, async () => {
    const socket = connect(port, HOST);
    t.after(() => void socket.destroy());
    const [greeting] = await once(socket, "data");
    return { socket, by: String(greeting) };
  }));
}

test("a worker that crashes takes its connections along and no others, and another joins", {
  timeout: 20_000,
}, async (t) => {
  const port = await probe(0);
  const [first, second] = [startWorker(t), startWorker(t)];
  await listen(first, port, "first");
  await listen(second, port, "second");
  await assert.rejects(probe(port), /Cannot listen/);

  const clients = await greetAll(t, port);
  const [lost, kept] = ["first", "second"].map((name) => clients.filter(({ by }) => by === name));
  assert(lost!.length > 0 && kept!.length > 0, `${lost!.length} and ${kept!.length}`);
  const ends = lost!.map(({ socket }) => once(socket.on("error", () => {}), "close"));
  first.thread.post({ do: "throw" });
  assert.match(await first.ended ?? "", /Thrown/);
  await Promise.all(ends);
  assert(kept!.every(({ socket }) => !socket.readableEnded && !socket.destroyed));

  const third = startWorker(t);
  await listen(third, port, "third");
  const names = new Set((await greetAll(t, port)).map(({ by }) => by));
  assert.deepEqual([...names].sort(), ["second", "third"]);
});
