// Sessions as a store gets them, for tests.

import { encodeFrame, FrameType } from "../../../src/codec/frame.ts";
import type { SavedSession } from "../../../src/session/saved.ts";

/** One that says something in every field. */
export function savedSession(id: string, more: Partial<SavedSession> = {}): SavedSession {
  return {
    id,
    waitsMs: 1000,
    about: JSON.stringify({
      user: "ann",
      client: "c/1",
      tags: { a: "b" },
      groups: ["room"],
      data: { score: 1 },
      speaksRoutes: true,
    }),
    secretHash: new Uint8Array(32).fill(1),
    previousHash: new Uint8Array(32).fill(2),
    sequence: 7,
    idHigh: 2 ** 32 - 1,
    idLow: 5,
    sent: encodeFrame(FrameType.Broadcast, 0, 7, new Uint8Array(3)),
    answers: encodeFrame(FrameType.Response, 0, 5, new Uint8Array(0)),
    ...more,
  };
}

/** The same as a store gives it back: how long it waits is not asked again. */
export function loadedSession(id: string, more: Partial<SavedSession> = {}): SavedSession {
  return savedSession(id, { waitsMs: null, ...more });
}
