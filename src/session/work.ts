// What is under way for one session: handlers that still run, and questions of ours that wait for its answer.

import type { Frame } from "../codec/frame.ts";
import { RUNNING_BYTES, RUNNING_BYTES_HIGH } from "../limits/running.ts";
import type { HeldBytes } from "./held_bytes.ts";
import type { WheelEntry } from "./owner.ts";
import type { Session } from "./session.ts";

/** A handler that has not finished. */
export interface Running {
  /** Bytes of the payload it keeps. */
  readonly payloadBytes: number;
  /** Nothing it says reaches anybody any more. */
  cancel(): void;
}

/** A Request of ours that waits for the peer's answer. */
export interface Question extends WheelEntry {
  /** The Request, whole: sent again to a client that came back. */
  readonly frame: Uint8Array;
  /** The Response, or the Error, to it came; it is lent. */
  answered(frame: Frame): void;
  /** No answer will come. */
  cancel(): void;
}

/** The work of one session; made when there is some for the first time. */
export class Work {
  /** Memory that running handlers keep, in bytes. */
  heldBytes = 0;
  readonly #held: HeldBytes;
  readonly #running: Set<Running> = new Set();
  readonly #questions: Map<number, Question> = new Map();
  #questionBytes = 0;
  #lastId: number;

  /** @param lastId The id of the last question that its client was asked. */
  constructor(held: HeldBytes, lastId = 0) {
    this.#held = held;
    this.#lastId = lastId;
  }

  /** Handlers that run. */
  get running(): number {
    return this.#running.size;
  }

  /** Questions that wait for an answer. */
  get questions(): number {
    return this.#questions.size;
  }

  /** Those questions, oldest first. */
  get questionFrames(): Uint8Array[] {
    return Array.from(this.#questions.values(), ({ frame }) => frame);
  }

  /** The id of the last question there was. */
  get lastId(): number {
    return this.#lastId;
  }

  /** Bytes of those questions, which are kept to be asked again. */
  get questionBytes(): number {
    return this.#questionBytes;
  }

  /** Whether handlers are so far behind that reading waits. Never while one of them may wait for what would be read. */
  get isBehind(): boolean {
    return this.heldBytes > RUNNING_BYTES_HIGH && this.#questions.size === 0;
  }

  begin(running: Running): void {
    this.#running.add(running);
    this.#hold(RUNNING_BYTES + running.payloadBytes);
  }

  finish(running: Running): void {
    if (this.#running.delete(running)) this.#hold(-RUNNING_BYTES - running.payloadBytes);
  }

  /** Keeps the question that `make` makes of its request id, until it is answered or forgotten. */
  ask<Asked extends Question>(make: (id: number) => Asked): Asked {
    const question = make(++this.#lastId);
    this.adopt(this.#lastId, question);
    return question;
  }

  /** Keeps a question that was asked elsewhere. */
  adopt(id: number, question: Question): void {
    this.#questions.set(id, question);
    this.#questionBytes += question.frame.length;
  }

  /** Gives the frames of the questions that wait to `push`, oldest first. One that it does not take is given up. */
  askAgain(push: (frame: Uint8Array) => boolean): void {
    for (const [id, question] of [...this.#questions]) {
      if (!push(question.frame)) this.take(id)!.cancel();
    }
  }

  /** Takes the question with this id out; undefined where none waits. */
  take(id: number): Question | undefined {
    const question = this.#questions.get(id);
    if (this.#questions.delete(id)) this.#questionBytes -= question!.frame.length;
    return question;
  }

  /** Nothing can be sent or heard any more. */
  cancelAll(): void {
    const running = [...this.#running];
    const questions = [...this.#questions.values()];
    this.#running.clear();
    this.#questions.clear();
    this.#questionBytes = 0;
    this.#hold(-this.heldBytes);
    for (const one of running) one.cancel();
    for (const one of questions) one.cancel();
  }

  #hold(bytes: number): void {
    this.heldBytes += bytes;
    this.#held.inbound += bytes;
  }
}

/** A handler of `session` goes on after it has returned. */
export function begin(session: Session, running: Running): void {
  workOf(session).begin(running);
}

/** It has finished, whatever came of it; reading that waited for it goes on. */
export function finish(session: Session, running: Running): void {
  session.work?.finish(running);
  if (session.inbound.stopped !== "held") return;
  session.owner.enterTurn();
  session.owner.touch(session);
  session.owner.leaveTurn();
}

/** Keeps the question that `make` makes of its request id, until it is answered or forgotten. */
export function ask<Asked extends Question>(
  session: Session,
  make: (id: number) => Asked,
): Asked {
  return workOf(session).ask(make);
}

function workOf(session: Session): Work {
  return session.work ??= new Work(session.owner.held);
}
