// A session store without a file, for tests: what would be on disk is an object that outlives the store.

import { SEQUENCE_JUMP } from "../../../src/limits/keeping.ts";
import type { LoadedSessions, SessionStore } from "../../../src/server/session_store.ts";
import type { SavedSession } from "../../../src/session/saved.ts";

/** A session, and when its time is over. */
interface Row {
  saved: SavedSession;
  readonly endsAt: number;
}

/** What outlives a process. */
export class Disk {
  rows = new Map<string, Row>();
  isClean = true;
  /** How often something was written. */
  writes = 0;
  /** What the next writes throw, if anything. */
  fault: Error | null = null;
}

/** A store on `disk`; one that is not closed has crashed. */
export function memoryStore(disk: Disk, wallNow: () => number = () => 0): SessionStore {
  function write(rows: Map<string, Row>, sessions: Iterable<SavedSession>): Map<string, Row> {
    if (disk.fault !== null) throw disk.fault;
    disk.writes++;
    for (const saved of sessions) {
      rows.set(saved.id, { saved, endsAt: wallNow() + (saved.waitsMs ?? Infinity) });
    }
    return rows;
  }
  return {
    load(): LoadedSessions {
      const { isClean } = disk;
      disk.isClean = false;
      for (const [id, row] of disk.rows) {
        if (row.endsAt <= wallNow()) disk.rows.delete(id);
        const sequence = row.saved.sequence + SEQUENCE_JUMP;
        if (!isClean) row.saved = { ...row.saved, sequence };
      }
      const sessions = [...disk.rows.values()].map(({ saved }) => ({ ...saved, waitsMs: null }));
      return { sessions, skipped: 0, isClean };
    },
    save(sessions, gone) {
      const rows = write(new Map(disk.rows), sessions);
      for (const id of gone) rows.delete(id);
      disk.rows = rows;
    },
    takeIds(id, idHigh, idLow) {
      const row = disk.rows.get(id);
      if (disk.fault !== null) throw disk.fault;
      if (row !== undefined) row.saved = { ...row.saved, idHigh, idLow };
    },
    close(sessions) {
      disk.rows = write(new Map(), sessions);
      disk.isClean = true;
    },
  };
}
