// A session on its way from one node to another, whole: taken down, and put together again there.

import { Frame, FrameType } from "../codec/frame.ts";
import type { RequestId } from "./asked.ts";
import type { SessionOwner } from "./owner.ts";
import { framesOf, joined, restore, type SavedSession, saveWhole } from "./saved.ts";
import type { Session } from "./session.ts";
import { type Question, Work } from "./work.ts";

/** What is to be known of a session to go on with it. */
export interface MovedSession {
  readonly saved: SavedSession;
  readonly ageMs: number;
  readonly openForMs: number;
  readonly framesReceived: number;
  readonly framesSent: number;
  readonly bytesReceived: number;
  /** The Requests that run where it comes from: their answers follow. */
  readonly running: readonly RequestId[];
  /** The questions that wait for its client's answer, one frame behind the other; and the id of the last there was. */
  readonly questions: Uint8Array;
  readonly lastQuestion: number;
}

/** Takes `session` down, which must be resumable. @throws {TypeError} If its data has become what JSON does not know. */
export function takeDown(session: Session): MovedSession {
  const { owner: { now }, work, framesReceived, framesSent, bytesReceived } = session;
  return {
    saved: saveWhole(session),
    ageMs: now - session.createdAt,
    openForMs: now - session.openedAt,
    framesReceived,
    framesSent,
    bytesReceived,
    running: session.resumption!.asked.running,
    questions: joined(work?.questionFrames ?? []),
    lastQuestion: work?.lastId ?? 0,
  };
}

/**
 * Puts it together, so that it waits for its client; undefined where `moved` is not what `takeDown()` made. `answered`
 * hears the client's answers to the questions: the frame is lent.
 */
export function putTogether(
  moved: MovedSession,
  owner: SessionOwner,
  answered: (id: number, frame: Frame) => void,
): Session | undefined {
  const session = restore(moved.saved, owner);
  const questions = framesOf(moved.questions, [FrameType.Request]);
  if (session === undefined || questions === undefined) return undefined;
  const { framesReceived, framesSent, bytesReceived, running } = moved;
  Object.assign(session, { framesReceived, framesSent, bytesReceived });
  session.createdAt = owner.now - moved.ageMs;
  session.openedAt = owner.now - moved.openForMs;
  session.requestsRunning = running.length;
  session.resumption!.asked.resumeRunning(running);
  session.work = new Work(owner.held, moved.lastQuestion);
  const header = new Frame();
  for (const frame of questions) {
    header.read(frame, 0);
    const id = header.idHigh * 2 ** 32 + header.idLow;
    session.work.adopt(id, new ForeignQuestion(frame, (answer) => answered(id, answer)));
  }
  return session;
}

/**
 * A Request of `session` that began elsewhere was answered there with `frame`, a Response or an Error: its client gets
 * it. Returns false where it did not run.
 */
export function takeAnswer(session: Session, frame: Uint8Array): boolean {
  const header = new Frame();
  header.read(frame, 0);
  const { type, idHigh, idLow } = header;
  if (!session.resumption?.asked.answered(idHigh, idLow, frame)) return false;
  session.requestsRunning--;
  session.send(type, idHigh, idLow, frame, header.start);
  session.owner.waiting.changed(session);
  return true;
}

/** A question that somebody asked where the session comes from, who also knows how long to wait. */
class ForeignQuestion implements Question {
  wheelNext = null;
  wheelPrevious = null;
  wheelAt = Infinity;
  wheelSlot = 0;
  readonly frame: Uint8Array;
  readonly answered: (frame: Frame) => void;

  constructor(frame: Uint8Array, answered: (frame: Frame) => void) {
    this.frame = frame;
    this.answered = answered;
  }

  cancel(): void {}
  onDeadline(): void {}
}
