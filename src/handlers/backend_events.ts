// Tells a user's HTTP service who comes and goes: in order for each user, at most so many at once, and not for ever.

import {
  BACKEND_UNWANTED_BYTES_MAX,
  EVENT_PAUSES_MS,
  EVENTS_AT_ONCE,
  EVENTS_WAITING_MAX,
} from "../limits/handlers.ts";
import type { Log } from "../observe/log.ts";
import type { Clock } from "../transport/transport.ts";
import { type BackendClient, BackendFailure } from "./backend_client.ts";

/** One event, ready to be sent. */
export interface BackendEvent {
  /** Events of one key are sent in order: that of a user, or of a session without one. */
  readonly key: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** What sending them takes. */
export interface BackendEventsOptions {
  readonly client: BackendClient;
  readonly clock: Clock;
  readonly log: Log;
}

/** The events of one key; the first is being sent, or is to be. */
interface Queue {
  readonly events: BackendEvent[];
  /** How often the first one was tried in vain. */
  failures: number;
}

/** Events that wait, and those on their way. */
export class BackendEvents {
  readonly #options: BackendEventsOptions;
  readonly #queues: Map<string, Queue> = new Map();
  /** Keys whose first event may be sent now. */
  readonly #ready: Set<string> = new Set();
  #waiting = 0;
  #sending = 0;
  #lost = 0;
  #onIdle: (() => void)[] = [];

  constructor(options: BackendEventsOptions) {
    this.#options = options;
  }

  /** Sends `event` behind those of the same key. */
  push(event: BackendEvent): void {
    if (this.#waiting >= EVENTS_WAITING_MAX) return this.#lose("Too many events wait");
    this.#waiting++;
    const queue = this.#queues.get(event.key);
    if (queue !== undefined) return void queue.events.push(event);
    this.#queues.set(event.key, { events: [event], failures: 0 });
    this.#ready.add(event.key);
    this.#pump();
  }

  /** Resolves when nothing waits. */
  idle(): Promise<void> {
    if (this.#waiting === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onIdle.push(resolve));
  }

  #pump(): void {
    for (const key of this.#ready) {
      if (this.#sending >= EVENTS_AT_ONCE) return;
      this.#ready.delete(key);
      this.#sending++;
      void this.#send(key);
    }
  }

  async #send(key: string): Promise<void> {
    const queue = this.#queues.get(key)!;
    const { headers, body } = queue.events[0]!;
    let failure: string | undefined;
    try {
      await this.#options.client.post({
        headers,
        body,
        bytesMax: () => BACKEND_UNWANTED_BYTES_MAX,
      });
    } catch (error) {
      if (!(error instanceof BackendFailure)) throw error;
      failure = error.message;
    }
    this.#sending--;
    const pauseMs = failure === undefined ? undefined : EVENT_PAUSES_MS[queue.failures++];
    if (pauseMs !== undefined) {
      this.#options.clock.schedule(pauseMs, () => this.#makeReady(key));
    } else {
      if (failure !== undefined) this.#lose(failure);
      this.#next(key, queue);
    }
    this.#pump();
  }

  #makeReady(key: string): void {
    this.#ready.add(key);
    this.#pump();
  }

  #next(key: string, queue: Queue): void {
    this.#waiting--;
    queue.failures = 0;
    queue.events.shift();
    if (queue.events.length > 0) this.#ready.add(key);
    else this.#queues.delete(key);
    if (this.#waiting > 0) return;
    for (const resolve of this.#onIdle.splice(0)) resolve();
  }

  #lose(reason: string): void {
    this.#options.log("warning", "backend failed", { eventsLost: ++this.#lost, reason });
  }
}
