// Requests of the server that wait for whoever sits at the terminal to answer them.

import type { Incoming } from "../../client/events.ts";
import { QUESTIONS_MAX } from "../../limits/terminal_client.ts";

interface Waiting {
  readonly resolve: (answer: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

/** Questions by their number, from 1 on. */
export class Questions {
  readonly #onAsked: (id: number, incoming: Incoming) => void;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;

  constructor(onAsked: (id: number, incoming: Incoming) => void) {
    this.#onAsked = onAsked;
  }

  /** A question came in; the oldest one gives way where there are too many. */
  ask(incoming: Incoming): Promise<Uint8Array> {
    const [oldest] = this.#waiting.keys();
    if (oldest !== undefined && this.#waiting.size >= QUESTIONS_MAX) this.#refuse(oldest);
    const id = ++this.#lastId;
    this.#onAsked(id, incoming);
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  /** @throws {Error} If no question of this number waits. */
  answer(id: number, body: Uint8Array): void {
    const question = this.#waiting.get(id);
    if (question === undefined) throw new Error(`No question ${id} waits for an answer`);
    this.#waiting.delete(id);
    question.resolve(body);
  }

  /** Nobody waits for the answers any more. */
  forget(): void {
    for (const id of [...this.#waiting.keys()]) this.#refuse(id);
  }

  #refuse(id: number): void {
    this.#waiting.get(id)!.reject(new Error("Nobody answered"));
    this.#waiting.delete(id);
  }
}
