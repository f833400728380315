// What keeps sessions beyond the life of the process, as the server uses it. It does not know how.

import type { SavedSession } from "../session/saved.ts";

/** What was kept. */
export interface LoadedSessions {
  readonly sessions: readonly SavedSession[];
  /** Those that could not be read. */
  readonly skipped: number;
  /** Whether nothing is missing: the process before saved everything and said so. */
  readonly isClean: boolean;
}

/**
 * A store of sessions, for one process at a time. Every method throws where it cannot do what it says; what was kept
 * before then is still kept.
 */
export interface SessionStore {
  /**
   * What was kept, without the sessions whose time is over. From now on the store is not clean, until it is closed.
   * After a process that did not close it the numbers of all frames have jumped (`SEQUENCE_JUMP`), for good.
   */
  load(): LoadedSessions;
  /** Keeps these, each in place of what was kept of it, and forgets those that are gone: all of it or nothing. */
  save(sessions: Iterable<SavedSession>, gone: Iterable<string>): void;
  /** Request ids of one session up to this one are taken. Nothing happens where it is not kept. */
  takeIds(id: string, idHigh: number, idLow: number): void;
  /** Keeps these and no others, is clean, and at its end. */
  close(sessions: Iterable<SavedSession>): void;
}
