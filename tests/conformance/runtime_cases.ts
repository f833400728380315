// Claims that can only be shown with real sockets: foreign peers, descriptors that run out, turns of the event loop.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { Cases } from "./harness.ts";

/** Enough for a runtime to start with, few enough to use up. */
const DESCRIPTORS_MAX = 60;

/** Callbacks between which a byte must have had its chance to come, and the answer to it. */
const TURNS_PER_ROUND_TRIP_MAX = 20;
const ROUND_TRIPS = 50;

/** When a program that does not answer fails its case. */
const GUARD_MS = 15_000;

export const RUNTIME_CASES: Cases = {
  async "a peer's address is the one it has"(stage) {
    const { listener, accepted } = stage.listen({ end: (side) => side.end() });
    const socket = connect(listener.address);
    await once(socket, "connect");
    await stage.until("the connection is accepted", () => accepted.length === 1);
    const { host } = listener.address;
    assert.deepEqual({ ...accepted[0]!.peer }, { host, port: socket.localPort });
    socket.end();
    await once(socket.resume(), "close");
  },

  async "afterIo() is not called before the sockets were looked at"(stage) {
    const { client } = await stage.pair({
      client: { data: (side) => side.received < ROUND_TRIPS && side.send(1) },
      server: { data: (side) => side.send(1) },
    });
    let turns = 0;
    const next = () => {
      turns++;
      if (client.received < ROUND_TRIPS) stage.clock.afterIo(next);
    };
    next();
    client.send(1);
    await stage.until("the round trips are made", () => client.received === ROUND_TRIPS);
    const most = ROUND_TRIPS * TURNS_PER_ROUND_TRIP_MAX;
    assert(turns < most, `${turns} turns for ${ROUND_TRIPS} round trips`);
  },

  async "accept goes on after descriptors had run out"() {
    const server = startDescriptorsServer();
    const signal = AbortSignal.timeout(GUARD_MS);
    try {
      const [port] = await once(server.stdout!.setEncoding("utf8"), "data", { signal });
      const control = connect(Number(port), "127.0.0.1");
      assert.equal(await next(control, signal), "hello");
      assert.equal(await ask(control, "exhaust", signal), "exhaust");
      const waiting = [1, 2, 3].map(() => connect(Number(port), "127.0.0.1"));
      let greeted = 0;
      const greetings = waiting.map((socket) => next(socket, signal).then(() => greeted++));
      await Promise.all(waiting.map((socket) => once(socket, "connect", { signal })));
      for (let i = 0; i < 20; i++) assert.equal(await ask(control, "ping", signal), "ping");
      assert.equal(greeted, 0);
      assert.equal(await ask(control, "free", signal), "free");
      await Promise.all(greetings);
      for (const socket of [control, ...waiting]) socket.destroy();
    } finally {
      server.kill("SIGKILL");
      await once(server, "exit");
    }
  },
};

function startDescriptorsServer(): ChildProcess {
  const program = fileURLToPath(new URL("descriptors_server.ts", import.meta.url));
  const flags = "Deno" in globalThis ? ["run", "--allow-all", "--no-check"] : [];
  const limited = `ulimit -n ${DESCRIPTORS_MAX}; exec "$0" "$@"`;
  return spawn("sh", ["-c", limited, process.execPath, ...flags, program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

async function ask(socket: Socket, order: string, signal: AbortSignal): Promise<string> {
  socket.write(order);
  return await next(socket, signal);
}

async function next(socket: Socket, signal: AbortSignal): Promise<string> {
  const [bytes] = await once(socket, "data", { signal });
  return bytes.toString();
}
