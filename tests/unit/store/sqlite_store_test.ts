// The file of the SQLite store: who may read it, and what it says when it cannot be used, before anything is changed.

import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test, type TestContext } from "node:test";
import { SqliteStore } from "../../../src/store/sqlite_store.ts";
import { StoreError } from "../../../src/store/store_error.ts";
import { copyStore } from "./copy_store.ts";
import { savedSession } from "./saved_sessions.ts";

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "store-"));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

/** A store that holds these sessions and was closed. */
function closedStore(t: TestContext, ids: readonly string[] = ["a"]): string {
  const path = join(folder(t), "a.db");
  const store = new SqliteStore(path, () => 0);
  store.load();
  store.close(ids.map((id) => savedSession(id)));
  return path;
}

/** Changes a file behind the store's back. */
function change(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

function assertRefused(path: string, message: RegExp): void {
  const before = readFileSync(path);
  assert.throws(() => new SqliteStore(path), (error) => {
    assert.ok(error instanceof StoreError);
    assert.match(error.message, message);
    assert.ok(error.message.includes(`"${path}"`));
    return true;
  });
  assert.deepEqual(readFileSync(path), before, "the file was changed");
}

test("nobody but its owner may read the file, nor what SQLite writes beside it", (t) => {
  const path = join(folder(t), "a.db");
  const store = new SqliteStore(path, () => 0);
  store.load();
  store.save([savedSession("a")], []);
  for (const part of ["", "-wal"]) assert.equal(statSync(path + part).mode & 0o777, 0o600);
  store.close([]);
  chmodSync(path, 0o644);
  new SqliteStore(path).close([]);
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test("a file that is no database, or half of one, is refused in words that say what to do", (t) => {
  const path = closedStore(t, Array.from({ length: 200 }, (_, i) => `${i}`));
  const whole = readFileSync(path);
  const what = /\(.*(not a database|malformed)\); move it away to start without its sessions$/;
  writeFileSync(path, "never was one ".repeat(100));
  assertRefused(path, what);
  writeFileSync(path, whole.subarray(0, 50));
  assertRefused(path, what);
  // Its first page is sound: this is found when the sessions are read.
  writeFileSync(path, new Uint8Array(whole).fill(0xff, 8192));
  assert.throws(
    () => new SqliteStore(path).load(),
    /^Error: Cannot read the session store ".*" \(.*malformed.*\); move it away/,
  );
});

test("a database of another program, or of another version, is refused and left as it is", (t) => {
  const path = join(folder(t), "other.db");
  change(path, "CREATE TABLE mine (a)");
  assertRefused(path, /is a database of another program; name another file$/);
  const later = closedStore(t);
  change(later, "PRAGMA user_version = 2");
  assertRefused(later, /its version is 2, this program reads 1; move it away/);
});

test("a file that cannot be made, or that another process has, is refused", (t) => {
  assert.throws(
    () => new SqliteStore(join(folder(t), "none", "a.db")),
    /Cannot use the session store ".*a\.db"$/,
  );
  const path = closedStore(t);
  const owner = new SqliteStore(path, () => 0);
  assert.throws(() => new SqliteStore(path), /another process has it open$/);
  assert.equal(owner.load().sessions.length, 1);
  owner.close([]);
});

test("a row that cannot be read is skipped and counted", (t) => {
  const path = closedStore(t, ["a", "b"]);
  change(path, `UPDATE sessions SET sequence = ${2n ** 60n} WHERE id = 'a'`);
  const { sessions, skipped } = new SqliteStore(path, () => 0).load();
  assert.deepEqual([sessions.map(({ id }) => id), skipped], [["b"], 1]);
});

test("a process that is killed leaves what it saved, whole batches only", (t) => {
  const path = join(folder(t), "a.db");
  const store = new SqliteStore(path, () => 0);
  store.load();
  store.save([savedSession("a"), savedSession("b")], []);
  const copies: string[] = [];
  const watched = function* () {
    for (const id of ["c", "d"]) {
      yield savedSession(id);
      copies.push(`${path}.${id}`);
      copyStore(path, copies.at(-1)!);
    }
  };
  store.save(watched(), ["a"]);
  copies.push(`${path}.end`);
  copyStore(path, copies.at(-1)!);
  const found = copies.map((copy) =>
    new SqliteStore(copy, () => 0).load().sessions.map(({ id }) => id).join()
  );
  assert.deepEqual(found, ["a,b", "a,b", "b,c,d"]);
});
