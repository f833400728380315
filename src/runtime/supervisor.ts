// The worker's end of what worker_thread.ts starts: the way to the main thread, and the last word before a crash.

import process from "node:process";
import type { Supervisor } from "../transport/worker_thread.ts";
import type { WorkerData } from "./worker_thread.ts";

/** Milliseconds that a thread which crashes has for its farewells. */
const CRASH_MS_MAX = 1000;

/** The main thread; null in a thread that somebody else has started. */
export function supervisorOfThread(): Supervisor | null {
  const { workerData } = process.getBuiltinModule("node:worker_threads");
  const port = (workerData as WorkerData | null)?.supervisor;
  if (port === undefined) return null;
  return {
    post: (message, transfer = []) => port.postMessage(message, [...transfer]),
    onMessage: (callback) => void (port.onmessage = ({ data }) => callback(data)),
    onCrash,
  };
}

function onCrash(callback: (error: unknown, leave: () => void) => void): void {
  function crash(error: unknown): void {
    process.off("uncaughtException", crash);
    process.off("unhandledRejection", rejected);
    // Thrown once more, where nobody listens any longer: that ends the thread, and tells the main thread why.
    const leave = () => {
      throw error;
    };
    const timer = setTimeout(leave, CRASH_MS_MAX);
    callback(error, () => {
      clearTimeout(timer);
      setTimeout(leave);
    });
  }
  // Bun calls a rejection no exception. Where somebody else listens (`Host.onStrayRejection`), it is no crash either.
  function rejected(error: unknown): void {
    if (process.listenerCount("unhandledRejection") === 1) crash(error);
  }
  process.on("uncaughtException", crash);
  process.on("unhandledRejection", rejected);
}
