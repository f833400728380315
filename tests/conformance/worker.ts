// A worker for worker_test.ts and shared_port_test.ts: does what it is told, one order a message, and answers it.

import process from "node:process";
import { Seats } from "../../src/runtime/seats.ts";
import { supervisorOfThread } from "../../src/runtime/supervisor.ts";
import { loadAdapter } from "./adapter.ts";
import type { Order } from "./worker_orders.ts";

const supervisor = supervisorOfThread()!;
const { transport } = await loadAdapter();
supervisor.onMessage((message) => {
  const answer = obey(message as Order);
  if (answer !== undefined) supervisor.post(answer);
});

function obey(order: Order): unknown {
  switch (order.do) {
    case "echo":
      return order.what;
    case "listen":
      return listen(order);
    case "compete":
      return compete(order);
    case "throw":
      throw new Error("Thrown in a worker");
    case "reject":
      return void Promise.reject(new Error("Rejected in a worker"));
    case "spin":
      for (;;);
    case "exit":
      for (let i = 0; i < order.after; i++) supervisor.post(i);
      return process.exit(order.code);
  }
}

/** Takes the only seat again and again; how often it did, and how often somebody else held it too. */
function compete(order: Order & { do: "compete" }): { taken: number; shared: number } {
  const seats = new Seats(order.seats, order.node);
  const holders = new Int32Array(order.holders);
  const seen = { taken: 0, shared: 0 };
  for (let i = 0; i < order.times; i++) {
    if (!seats.take(1)) continue;
    seen.taken++;
    if (Atomics.add(holders, 0, 1) > 0) seen.shared++;
    Atomics.sub(holders, 0, 1);
    seats.give();
  }
  return seen;
}

function listen(order: Order & { do: "listen" }): unknown {
  try {
    const listener = transport(() => {}).listen(order, (connection) => {
      connection.write(new TextEncoder().encode(order.greeting), true);
      return {
        onData() {},
        onWritable() {},
        onEnd: () => connection.end(),
        onClose() {},
      };
    }, true);
    return listener.address.port;
  } catch (error) {
    return (error as Error).message;
  }
}
