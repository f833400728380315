// What the server sends, given to whom it concerns: callers that wait, the handler of questions, listeners.

import { decodeEnd } from "../codec/end_payload.ts";
import { type Frame, FrameType } from "../codec/frame.ts";
import { HEADER_BYTES } from "../limits/wire.ts";
import { type Answers, readIncoming } from "./answers.ts";
import { RequestError } from "./errors.ts";
import type { Events } from "./events.ts";
import type { Progress } from "./progress.ts";
import type { Requests } from "./requests.ts";

export class Inbox {
  readonly #requests: Requests;
  readonly #answers: Answers;
  readonly #progress: Progress;
  readonly #events: Events;

  constructor(requests: Requests, answers: Answers, progress: Progress, events: Events) {
    this.#requests = requests;
    this.#answers = answers;
    this.#progress = progress;
    this.#events = events;
  }

  /**
   * Takes an application frame, or the Error of one Request.
   *
   * @param routed Whether payloads begin with a route. One whose route cannot be read is dropped.
   */
  take(frame: Frame, routed: boolean): void {
    switch (frame.type) {
      case FrameType.Response:
      case FrameType.Error:
        return this.#takeAnswer(frame);
      case FrameType.Request: {
        const incoming = readIncoming(frame.payload, routed);
        if (incoming !== undefined) this.#answers.ask(frame, incoming);
        return;
      }
      case FrameType.Notification:
      case FrameType.Broadcast:
        return this.#takeMessage(frame, routed);
    }
  }

  // An answer to nothing is one whose caller has given up.
  #takeAnswer({ type, idHigh, idLow, payload }: Frame): void {
    const waiting = this.#requests.get(idHigh, idLow);
    if (waiting === undefined) return;
    if (type === FrameType.Response) {
      return this.#requests.resolve(waiting, new Uint8Array(payload));
    }
    const { code, name, message } = decodeEnd(payload)!;
    this.#requests.reject(waiting, new RequestError(code, name, message, "server"));
  }

  #takeMessage({ type, idHigh, idLow, payload }: Frame, routed: boolean): void {
    if (this.#progress.isResumable) {
      const sequence = idHigh * 2 ** 32 + idLow;
      const missing = this.#progress.take(sequence, HEADER_BYTES + payload.length);
      if (missing < 0) return;
      if (missing > 0) this.#events.emit("gap", { missed: missing, fresh: false });
    }
    if (type === FrameType.Broadcast) {
      // What nobody hears is not copied.
      if (!this.#events.has("broadcast")) return;
      return this.#events.emit("broadcast", { body: new Uint8Array(payload) });
    }
    const incoming = readIncoming(payload, routed);
    if (incoming !== undefined) this.#events.emit("notification", incoming);
  }
}
