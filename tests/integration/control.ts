// A well-behaved session beside hostile ones: asks on as soon as it is answered, and tells whether it was always served.

import assert from "node:assert/strict";
import { frame, REQUEST, RESPONSE } from "./frames.ts";
import type { Cleanup } from "./program.ts";
import { connectClient, type RawClient } from "./raw_client.ts";
import { Watched } from "./watched.ts";

/** No answer takes as long as this: the machine of the tests may be busy, the server must not be. */
const WAIT_MS_MAX = 2_000;

export class Control {
  readonly #client: RawClient;
  readonly #watched = new Watched();
  readonly #asking: Promise<void>;
  #answered = 0;
  #longestMs = 0;
  #isOver = false;
  #failure: unknown;

  /** @param client Past its handshake. */
  constructor(client: RawClient) {
    this.#client = client;
    this.#asking = this.#askOn().catch((error) => {
      this.#failure = error;
      this.#watched.changed();
    });
  }

  /** Waits for so many more answers: what a test does in place of sleeping while the server is at work. */
  answers(count: number): Promise<void> {
    const enough = this.#answered + count;
    return this.#watched.until(`${count} answers to the control session`, () => {
      if (this.#failure !== undefined) throw this.#failure;
      return this.#answered >= enough || undefined;
    }).then(() => {});
  }

  /** Ends the asking. It was answered `times` or more since it began, is still answered, and never waited long. */
  async assertServed(times: number): Promise<void> {
    const answered = this.#answered;
    await this.answers(1);
    this.#isOver = true;
    await this.#asking;
    if (this.#failure !== undefined) throw this.#failure;
    assert.ok(answered >= times, `The control session got ${answered} answers, wanted ${times}`);
    assert.ok(this.#longestMs <= WAIT_MS_MAX, `An answer took ${this.#longestMs} ms`);
  }

  async #askOn(): Promise<void> {
    for (let id = 1n; !this.#isOver; id++) {
      const askedAt = performance.now();
      this.#client.send(frame(REQUEST, id, "control"));
      const answer = await this.#client.next();
      assert.deepEqual(
        [answer.type, answer.id, answer.payload.toString()],
        [RESPONSE, id, "control"],
      );
      this.#longestMs = Math.max(this.#longestMs, performance.now() - askedAt);
      this.#answered++;
      this.#watched.changed();
    }
  }
}

/** Opens a control session that asks from now on. */
export async function startControl(t: Cleanup, port: number): Promise<Control> {
  const client = await connectClient(t, port);
  await client.shakeHands();
  return new Control(client);
}
