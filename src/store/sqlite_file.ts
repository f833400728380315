// The file of the SQLite store: made, recognized, and refused in words that say what to do.

import { chmodSync, closeSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { StoreError } from "./store_error.ts";

/** Marks a file as ours: "tcps" in ASCII. */
const APPLICATION_ID = 0x74637073;

/** The version of what is in it. Another one is not read: there is none that this program knows. */
const VERSION = 1;

/** Milliseconds in which a process that is about to end may let go of the file. */
const BUSY_MS = 500;

/** Tables that are strict, so that a value is of its column's type or not there. */
const SCHEMA = `
  BEGIN;
  CREATE TABLE sessions (
    id TEXT PRIMARY KEY NOT NULL,
    -- Milliseconds since 1970; null: it had a connection, and the process did not end in order.
    ends_at INTEGER,
    about TEXT NOT NULL,
    secret_hash BLOB NOT NULL,
    previous_hash BLOB,
    sequence INTEGER NOT NULL,
    id_high INTEGER NOT NULL,
    id_low INTEGER NOT NULL,
    sent BLOB NOT NULL,
    answers BLOB NOT NULL
  ) STRICT;
  CREATE TABLE state (is_clean INTEGER NOT NULL) STRICT;
  INSERT INTO state VALUES (1);
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${VERSION};
  COMMIT;
`;

/**
 * Opens the database at `path`, which is made where there is none; nobody but its owner may read it.
 *
 * @throws {StoreError} If it cannot be opened, is no store of ours, or another process has it.
 */
export function openDatabase(path: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    closeSync(openSync(path, "a", 0o600));
    database = new DatabaseSync(path);
    database.exec(`PRAGMA busy_timeout = ${BUSY_MS}; PRAGMA locking_mode = EXCLUSIVE`);
    const isNew = recognize(path, database);
    chmodSync(path, 0o600);
    // A transaction then costs no wait for the disk. The end of the process loses none; the machine's may lose some.
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
    if (isNew) database.exec(SCHEMA);
    return database;
  } catch (error) {
    database?.close();
    throw unusable(path, error);
  }
}

/** `error`, which SQLite or the system threw, as what it means for the store. */
export function unusable(path: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const { errcode, message } = error as Error & { errcode?: number };
  // The lower byte is the kind; the rest tells more of it.
  switch ((errcode ?? 0) & 0xff) {
    case 5:
      return new StoreError(`Cannot use the session store "${path}": another process has it open`);
    case 11:
    case 26:
      return broken(path, message);
    default:
      return new StoreError(`Cannot use the session store "${path}"`, { cause: error });
  }
}

// Returns whether there is nothing in it yet. Nothing is changed before it is known to be ours.
function recognize(path: string, database: DatabaseSync): boolean {
  const id = pragma(database, "application_id");
  const version = pragma(database, "user_version");
  const tables = database.prepare("SELECT count(*) AS count FROM sqlite_schema").get()!["count"];
  if (id === 0 && version === 0 && tables === 0) return true;
  if (id !== APPLICATION_ID) {
    throw new StoreError(
      `Cannot use the session store "${path}": it is a database of another program; name another file`,
    );
  }
  if (version !== VERSION) {
    throw new StoreError(
      `Cannot use the session store "${path}": its version is ${version}, this program reads ${VERSION}; ` +
        "move it away to start without its sessions",
    );
  }
  return false;
}

function pragma(database: DatabaseSync, name: string): unknown {
  return database.prepare(`PRAGMA ${name}`).get()![name];
}

function broken(path: string, message: string): StoreError {
  return new StoreError(
    `Cannot read the session store "${path}" (${message}); move it away to start without its sessions`,
  );
}
