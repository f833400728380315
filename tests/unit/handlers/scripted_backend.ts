// A backend for tests: keeps what it is asked, and answers when and how a test says.

import { setImmediate } from "node:timers/promises";
import type { Fetch } from "../../../src/handlers/backend_client.ts";
import type { Clock } from "../../../src/transport/transport.ts";
import type { Stage } from "../server/stage.ts";

/** One request that it got. */
export interface Asked {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly init: RequestInit;
  /** Whether its caller gave it up. */
  readonly isAborted: boolean;
  answer(status: number, body?: BodyInit): void;
  /** Fails as a connection that is refused does. */
  refuse(): void;
}

/** The backend; `fetch` is how it is reached. */
export class ScriptedBackend {
  readonly asked: Asked[] = [];
  /** Answers at once, where a test set it. */
  auto: ((asked: Asked) => void) | undefined;

  readonly fetch: Fetch = (url, init) =>
    new Promise((resolve, reject) => {
      const signal = init.signal!;
      signal.addEventListener("abort", () => reject(new Error("Aborted")));
      const body = init.body as string | Uint8Array;
      const asked: Asked = {
        url,
        headers: init.headers as Record<string, string>,
        body: typeof body === "string" ? body : new TextDecoder().decode(body),
        init,
        get isAborted() {
          return signal.aborted;
        },
        answer: (status, body) => resolve(new Response(body ?? null, { status })),
        refuse: () => reject(new TypeError(`Connection refused (${url})`)),
      };
      this.asked.push(asked);
      this.auto?.(asked);
    });
}

/** The clock of a stage that is being made. */
export function clockOf(stage: () => Stage): Clock {
  return {
    now: () => stage().world.clock.now(),
    schedule: (delayMs, callback) => stage().world.clock.schedule(delayMs, callback),
    afterIo: (callback) => stage().world.clock.afterIo(callback),
  };
}

/** Lets everything be said that is on its way, bodies of answers included. */
export async function exchanged(stage: Stage): Promise<void> {
  for (let turn = 0; turn < 10; turn++) {
    stage.settle();
    await setImmediate();
  }
}
