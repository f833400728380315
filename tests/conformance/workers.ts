// Starts workers for tests, asks them one thing after the other, and ends what is left.

import { startThread } from "../../src/runtime/worker_thread.ts";
import type { WorkerThread } from "../../src/transport/worker_thread.ts";
import type { Order } from "./worker_orders.ts";

/** A worker and how it ends. */
export interface StartedWorker {
  readonly thread: WorkerThread;
  /** Resolves with the next message. */
  next(): Promise<unknown>;
  /** Gives an order; resolves with the next message. */
  ask(order: Order, transfer?: readonly ArrayBuffer[]): Promise<unknown>;
  /** Resolves with what `onEnd` was told. */
  readonly ended: Promise<string | null>;
  /** What came, and the end, in order. */
  readonly heard: unknown[];
}

/** What `heard` holds for the end. */
export const END = Symbol("end");

/** @param t The test that the worker ends with. */
export function startWorker(
  t: { after(fn: () => void): void },
  file = "./worker.ts",
): StartedWorker {
  const heard: unknown[] = [];
  const waiting: ((message: unknown) => void)[] = [];
  const { promise: ended, resolve: end } = Promise.withResolvers<string | null>();
  const thread = startThread(new URL(file, import.meta.url), "worker of a test", (message) => {
    heard.push(message);
    waiting.shift()?.(message);
  }, (error) => {
    heard.push(END);
    end(error);
  });
  t.after(() => {
    thread.terminate();
    return ended;
  });
  const next = () => new Promise<unknown>((resolve) => waiting.push(resolve));
  return {
    thread,
    next,
    ask(order, transfer) {
      thread.post(order, transfer);
      return next();
    },
    ended,
    heard,
  };
}
