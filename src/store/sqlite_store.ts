// Sessions in a file, through the SQLite that both runtimes bring along. One process at a time has the file.

import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { SEQUENCE_JUMP } from "../limits/keeping.ts";
import type { LoadedSessions, SessionStore } from "../server/session_store.ts";
import type { SavedSession } from "../session/saved.ts";
import { openDatabase, unusable } from "./sqlite_file.ts";

const SAVE = `INSERT OR REPLACE INTO sessions
  (id, ends_at, about, secret_hash, previous_hash, sequence, id_high, id_low, sent, answers)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** Times are those of the wall clock, which the next process shares. */
export class SqliteStore implements SessionStore {
  readonly #path: string;
  readonly #database: DatabaseSync;
  readonly #wallNow: () => number;
  readonly #save: StatementSync;
  readonly #forget: StatementSync;
  readonly #takeIds: StatementSync;

  /** @throws {StoreError} If the file cannot be used. */
  constructor(path: string, wallNow: () => number = Date.now) {
    const database = openDatabase(path);
    this.#path = path;
    this.#database = database;
    this.#wallNow = wallNow;
    this.#save = database.prepare(SAVE);
    this.#forget = database.prepare("DELETE FROM sessions WHERE id = ?");
    this.#takeIds = database.prepare("UPDATE sessions SET id_high = ?, id_low = ? WHERE id = ?");
  }

  load(): LoadedSessions {
    try {
      const isClean = this.#takeOver();
      const sessions: SavedSession[] = [];
      let skipped = 0;
      const one = this.#database.prepare("SELECT * FROM sessions WHERE rowid = ?");
      for (
        const { rowid } of this.#database.prepare("SELECT rowid FROM sessions ORDER BY rowid").all()
      ) {
        const saved = sessionAt(one, rowid as number);
        if (saved === undefined) skipped++;
        else sessions.push(saved);
      }
      return { sessions, skipped, isClean };
    } catch (cause) {
      throw unusable(this.#path, cause);
    }
  }

  save(sessions: Iterable<SavedSession>, gone: Iterable<string>): void {
    this.#atOnce(() => {
      for (const saved of sessions) this.#insert(saved);
      for (const id of gone) this.#forget.run(id);
    });
  }

  takeIds(id: string, idHigh: number, idLow: number): void {
    this.#takeIds.run(idHigh, idLow, id);
  }

  close(sessions: Iterable<SavedSession>): void {
    this.#atOnceOnDisk(() => {
      this.#database.exec("DELETE FROM sessions");
      for (const saved of sessions) this.#insert(saved);
      this.#database.exec("UPDATE state SET is_clean = 1");
    });
    this.#database.close();
  }

  // Returns whether the process before closed the store. On disk before anybody is served: a machine that loses its
  // power may then lose what came later, but not that it is not clean.
  #takeOver(): boolean {
    const state = this.#database.prepare("SELECT is_clean FROM state").get();
    const isClean = state?.["is_clean"] === 1;
    this.#atOnceOnDisk(() => {
      if (!isClean) {
        this.#database.exec(`UPDATE sessions SET sequence = sequence + ${SEQUENCE_JUMP}`);
      }
      this.#database.prepare("DELETE FROM sessions WHERE ends_at <= ?").run(this.#wallNow());
      this.#database.exec("UPDATE state SET is_clean = 0");
    });
    return isClean;
  }

  #insert(saved: SavedSession): void {
    const endsAt = saved.waitsMs === null ? null : Math.round(this.#wallNow() + saved.waitsMs);
    const values: SQLInputValue[] = [
      saved.id,
      endsAt,
      saved.about,
      saved.secretHash,
      saved.previousHash,
      saved.sequence,
      saved.idHigh,
      saved.idLow,
      saved.sent,
      saved.answers,
    ];
    this.#save.run(...values);
  }

  #atOnceOnDisk(work: () => void): void {
    this.#database.exec("PRAGMA synchronous = FULL");
    try {
      this.#atOnce(work);
    } finally {
      this.#database.exec("PRAGMA synchronous = NORMAL");
    }
  }

  #atOnce(work: () => void): void {
    this.#database.exec("BEGIN");
    try {
      work();
      this.#database.exec("COMMIT");
    } catch (error) {
      // Some failures, a full disk among them, have ended the transaction by themselves.
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }
}

// Undefined where the row cannot be read. What its columns mean is checked by whoever restores the session.
function sessionAt(statement: StatementSync, rowid: number): SavedSession | undefined {
  try {
    const row = statement.get(rowid)!;
    return {
      id: row["id"] as string,
      waitsMs: null,
      about: row["about"] as string,
      secretHash: row["secret_hash"] as Uint8Array,
      previousHash: row["previous_hash"] as Uint8Array | null,
      sequence: row["sequence"] as number,
      idHigh: row["id_high"] as number,
      idLow: row["id_low"] as number,
      sent: row["sent"] as Uint8Array,
      answers: row["answers"] as Uint8Array,
    };
  } catch {
    return undefined;
  }
}
