// A program for runtime_cases.ts, started with few descriptors: a listener that greets whom it accepts, and that uses
// up and frees its descriptors when it is told to. It prints its port.

import { closeSync, openSync } from "node:fs";
import process from "node:process";
import { loadAdapter } from "./adapter.ts";

const { transport } = await loadAdapter();
const held: number[] = [];

const orders: Record<string, () => void> = {
  exhaust() {
    try {
      for (;;) held.push(openSync("/dev/null", "r"));
    } catch { /* none is left */ }
  },
  free() {
    for (const descriptor of held.splice(0)) closeSync(descriptor);
  },
  ping() {},
};

const { listen } = transport((error) => {
  console.error(error);
  process.exit(1);
});
const listener = listen({ host: "127.0.0.1", port: 0 }, (connection) => {
  connection.write(new TextEncoder().encode("hello"), true);
  return {
    onData(chunk) {
      const order = new TextDecoder().decode(chunk);
      orders[order]!();
      connection.write(new TextEncoder().encode(order), true);
    },
    onWritable() {},
    onEnd: () => connection.end(),
    onClose() {},
  };
});
console.log(listener.address.port);
