// One suite for every store: what it keeps, what it forgets, and what it says after a process that did not close it.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { SEQUENCE_JUMP } from "../../../src/limits/keeping.ts";
import type { SessionStore } from "../../../src/server/session_store.ts";
import { SqliteStore } from "../../../src/store/sqlite_store.ts";
import { copyStore } from "./copy_store.ts";
import { Disk, memoryStore } from "./memory_store.ts";
import { loadedSession, savedSession } from "./saved_sessions.ts";

/** Opens the store anew; what it was opened as before has ended, with or without being closed. */
type Reopen = (wallNow?: number) => SessionStore;

const STORES: Record<string, (t: TestContext) => Reopen> = {
  memory() {
    const disk = new Disk();
    return (wallNow = 0) => memoryStore(disk, () => wallNow);
  },
  sqlite(t) {
    const folder = mkdtempSync(join(tmpdir(), "store-"));
    t.after(() => rmSync(folder, { recursive: true }));
    let generation = 0;
    return (wallNow = 0) => {
      copyStore(join(folder, `${generation}.db`), join(folder, `${++generation}.db`));
      return new SqliteStore(join(folder, `${generation}.db`), () => wallNow);
    };
  },
};

for (const [name, make] of Object.entries(STORES)) {
  test(`${name}: what was kept at the close is there again, bit by bit, and nothing else`, (t) => {
    const reopen = make(t);
    const store = reopen();
    assert.deepEqual(store.load(), { sessions: [], skipped: 0, isClean: true });
    store.save([savedSession("a"), savedSession("b")], []);
    const none = { previousHash: null, sent: new Uint8Array(0), answers: new Uint8Array(0) };
    const most = { sequence: Number.MAX_SAFE_INTEGER, idHigh: 0, idLow: -1 };
    store.close([savedSession("a", none), savedSession("c", most)]);
    assert.deepEqual(shown(reopen()), {
      sessions: [loadedSession("a", none), loadedSession("c", most)],
      skipped: 0,
      isClean: true,
    });
  });

  test(`${name}: a batch replaces what was kept of a session, and forgets those that are gone`, (t) => {
    const reopen = make(t);
    const store = reopen();
    store.load();
    store.save([savedSession("a"), savedSession("b"), savedSession("c")], []);
    store.save([savedSession("a", { sequence: 8 })], ["b", "unknown"]);
    const sequence = 8 + SEQUENCE_JUMP;
    assert.deepEqual(shown(reopen()), {
      sessions: [loadedSession("a", { sequence }), loadedSession("c", { sequence: sequence - 1 })],
      skipped: 0,
      isClean: false,
    });
  });

  test(`${name}: after each process that did not close it, the numbers of frames jump`, (t) => {
    const reopen = make(t);
    const first = reopen();
    first.load();
    first.close([savedSession("a")]);
    reopen().load();
    for (let crashes = 1; crashes <= 3; crashes++) {
      const { sessions, isClean } = reopen().load();
      assert.equal(isClean, false);
      assert.equal(sessions[0]!.sequence, 7 + crashes * SEQUENCE_JUMP);
    }
  });

  test(`${name}: a store that was opened and not loaded is as clean as it was`, (t) => {
    const reopen = make(t);
    const first = reopen();
    first.load();
    first.close([savedSession("a")]);
    reopen();
    assert.deepEqual(reopen().load(), {
      sessions: [loadedSession("a")],
      skipped: 0,
      isClean: true,
    });
  });

  test(`${name}: ids that are taken outlive a crash; those of a session that is not kept do nothing`, (t) => {
    const reopen = make(t);
    const store = reopen();
    store.load();
    store.takeIds("a", 0, 1);
    store.save([savedSession("a")], []);
    store.takeIds("a", 2 ** 32 - 1, 2 ** 32 - 1);
    store.takeIds("b", 0, 1);
    const { sessions } = reopen().load();
    assert.deepEqual(sessions.map(({ id, idHigh, idLow }) => [id, idHigh, idLow]), [
      ["a", 2 ** 32 - 1, 2 ** 32 - 1],
    ]);
  });

  test(`${name}: whose time is over is not loaded; who had a connection has no such time`, (t) => {
    const reopen = make(t);
    const store = reopen(5000);
    store.load();
    store.save([
      savedSession("over", { waitsMs: 1000 }),
      savedSession("waits", { waitsMs: 1001 }),
      savedSession("connected", { waitsMs: null }),
    ], []);
    const { sessions } = reopen(6000).load();
    assert.deepEqual(sessions.map(({ id }) => id), ["waits", "connected"]);
    assert.equal(reopen(7000).load().sessions.length, 1);
  });

  test(`${name}: a batch that fails leaves everything as it was`, (t) => {
    const reopen = make(t);
    const store = reopen();
    store.load();
    store.save([savedSession("a")], []);
    const failing = function* () {
      yield savedSession("a", { sequence: 9 });
      throw new Error("no more");
    };
    assert.throws(() => store.save(failing(), ["a"]), /no more/);
    assert.throws(() => store.close(failing()), /no more/);
    const { sessions, isClean } = reopen().load();
    assert.deepEqual(sessions.map(({ sequence }) => sequence), [7 + SEQUENCE_JUMP]);
    assert.equal(isClean, false);
  });
}

function shown(store: SessionStore) {
  const { sessions, ...rest } = store.load();
  return { sessions: sessions.toSorted((a, b) => a.id < b.id ? -1 : 1), ...rest };
}
