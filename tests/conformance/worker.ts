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
    case "take": {
      const seats = new Seats(order.seats, order.node);
      let taken = 0;
      for (let i = 0; i < order.times; i++) if (seats.take(order.max)) taken++;
      return taken;
    }
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
