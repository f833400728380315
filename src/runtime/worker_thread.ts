// Starts this program's file once more as a thread, and tells when the thread is gone: Node's worker threads, which Deno
// and Bun both have. Messages take a channel of the web's: Node's own are slow on Deno (docs/RUNTIMES.md).

import process from "node:process";
import type { MessagePort as NodePort } from "node:worker_threads";
import type { WorkerThread } from "../transport/worker_thread.ts";

const MIB = 1024 * 1024;

/** Milliseconds to wait for the last messages of a thread that is gone: where it never ran, its channel stays open (Bun). */
const LAST_MESSAGES_MS_MAX = 1000;

/** What a worker is started with. */
export interface WorkerData {
  readonly supervisor: MessagePort;
}

/**
 * Starts `file` as a thread.
 *
 * @param onEnd Comes last, exactly once: with why the thread crashed, or null where it left with code 0 or was terminated.
 */
export function startThread(
  file: URL,
  name: string,
  onMessage: (message: unknown) => void,
  onEnd: (error: string | null) => void,
): WorkerThread {
  // Loaded when it is needed: with it every start of the program would take longer (7 ms on Bun).
  const { Worker } = process.getBuiltinModule("node:worker_threads");
  const { port1: port, port2: supervisor } = new MessageChannel();
  const workerData: WorkerData = { supervisor };
  const worker = new Worker(file, {
    name,
    workerData,
    transferList: [supervisor as unknown as NodePort],
    resourceLimits: { maxOldGenerationSizeMb: heapMibMax() },
  });
  let error: string | null = null;
  let isTerminated = false;
  worker.on("error", (cause) => error ??= textOf(cause));
  port.onmessage = ({ data }) => onMessage(data);
  // The thread's last messages may come after the news that it is gone, but not after its channel is closed.
  const { promise: closed, resolve: close } = Promise.withResolvers<void>();
  port.addEventListener("close", () => close());
  worker.on("exit", async (code) => {
    const timer = setTimeout(close, LAST_MESSAGES_MS_MAX);
    await closed;
    clearTimeout(timer);
    port.close();
    const isOrderly = code === 0 || isTerminated;
    onEnd(error ?? (isOrderly ? null : `The thread left with code ${code}`));
  });
  return {
    post: (message, transfer = []) => port.postMessage(message, [...transfer]),
    terminate() {
      isTerminated = true;
      void worker.terminate();
    },
  };
}

/** As much as the main thread gets: on Deno a thread ends alone when it runs out, but only where a limit is named. */
function heapMibMax(): number {
  const { heap_size_limit } = process.getBuiltinModule("node:v8").getHeapStatistics();
  return Math.floor(heap_size_limit / MIB);
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.stack ?? cause.message : String(cause);
}
