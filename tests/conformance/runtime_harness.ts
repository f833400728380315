// A real runtime as a platform of the suite: waiting means waiting for callbacks, with a guard and no sleep.

import type { Clock, Transport } from "../../src/transport/transport.ts";
import type { Harness, Platform } from "./harness.ts";

/** When a condition that does not come true fails the case. Nothing waits for as long as this when all is well. */
const GUARD_MS = 5_000;

/** How often bytes go to and fro while everything else settles: each time the runtime looks at its sockets. */
const SETTLE_ROUND_TRIPS = 16;

export function runtimeHarness(
  name: string,
  makeTransport: (onFault: (error: unknown) => void) => Transport,
  clock: Clock,
): Harness {
  return { name, platform: (onFault) => runtimePlatform(makeTransport(onFault), clock) };
}

function runtimePlatform(transport: Transport, clock: Clock): Platform {
  const waiting = new Set<() => void>();
  const changed = () => {
    for (const look of waiting) look();
  };
  const until = (what: string, condition: () => boolean) =>
    new Promise<void>((resolve, reject) => {
      const guard = setTimeout(() => {
        waiting.delete(look);
        reject(new Error(`Waited ${GUARD_MS} ms until ${what}`));
      }, GUARD_MS);
      const look = () => {
        if (!condition()) return;
        clearTimeout(guard);
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  return {
    transport,
    clock,
    changed,
    until,
    settle: () => roundTrips(transport, until, changed),
    close() {},
  };
}

// Data sent on the loopback is there at once, so what has not been delivered after several looks at the sockets
// is not under way.
async function roundTrips(
  transport: Transport,
  until: Platform["until"],
  changed: () => void,
): Promise<void> {
  const byte = new Uint8Array(1);
  let trips = 0;
  let closed = 0;
  const ignore = { onWritable() {}, onEnd() {}, onClose: () => (closed++, changed()) };
  const listener = transport.listen({ host: "127.0.0.1", port: 0 }, (connection) => ({
    ...ignore,
    onData: () => void connection.write(byte, true),
    onEnd: () => connection.end(),
  }));
  transport.connect(listener.address, (connection) => {
    connection.write(byte, true);
    return {
      ...ignore,
      onData() {
        if (++trips < SETTLE_ROUND_TRIPS) connection.write(byte, true);
        else connection.end();
      },
    };
  }, () => {});
  await until("the transport settles", () => closed === 2);
  listener.close();
}
