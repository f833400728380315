// A handler that answers when a test tells it to, from outside of any turn, as one does that waits for something.

import type { Endpoint } from "../../../src/messaging/endpoint.ts";

/** The handler, and the Requests it has not answered. */
export class Later {
  readonly waiting: (() => void)[] = [];

  /** Answers with the payload that came, all that wait or only the oldest `count`. */
  answer(count = this.waiting.length): void {
    for (const answer of this.waiting.splice(0, count)) answer();
  }

  readonly handler = (): Endpoint => ({
    request: (session, { idHigh, idLow, payload }) => {
      const copy = new Uint8Array(payload);
      this.waiting.push(() => session.answer(idHigh, idLow, copy));
    },
    notification() {},
  });
}
