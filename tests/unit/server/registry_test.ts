// The registry: who is in it, also while it is visited and sessions end.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Registry } from "../../../src/server/registry.ts";
import type { Session } from "../../../src/session/session.ts";

/** Only what the registry looks at. */
function session(): Session {
  return { registryIndex: -1 } as Session;
}

function all(registry: Registry): Set<Session> {
  const sessions = new Set<Session>();
  registry.forEach((session) => {
    assert(!sessions.has(session), "visited once");
    sessions.add(session);
  });
  return sessions;
}

test("any adding and removing leaves exactly those who were added and not removed", () => {
  fc.assert(fc.property(fc.array(fc.nat(9), { maxLength: 100, size: "max" }), (steps) => {
    const registry = new Registry();
    const sessions = Array.from({ length: 10 }, session);
    const wanted = new Set<Session>();
    for (const index of steps) {
      const session = sessions[index]!;
      if (wanted.delete(session)) {
        registry.remove(session);
      } else {
        registry.add(session);
        wanted.add(session);
      }
      assert.equal(registry.size, wanted.size);
      assert.deepEqual(all(registry), wanted);
    }
  }));
});

test("each session is visited once although some, or all, are removed by their visit", () => {
  for (const removes of [(i: number) => i % 2 === 0, (i: number) => i % 3 !== 0, () => true]) {
    const registry = new Registry();
    const sessions = Array.from({ length: 10 }, session);
    for (const session of sessions) registry.add(session);
    const visited: Session[] = [];
    registry.forEach((session) => {
      visited.push(session);
      if (removes(sessions.indexOf(session))) registry.remove(session);
    });
    assert.deepEqual(new Set(visited), new Set(sessions));
    assert.equal(visited.length, sessions.length);
    assert.deepEqual(all(registry), new Set(sessions.filter((_, i) => !removes(i))));
  }
});

test("removing somebody who is not there does nothing, adding somebody twice is a fault", () => {
  const registry = new Registry();
  const [here, gone] = [session(), session()];
  registry.add(here);
  registry.remove(gone);
  assert.equal(registry.size, 1);
  assert.throws(() => registry.add(here), /Assertion failed/);
  registry.remove(here);
  registry.remove(here);
  assert.equal(registry.size, 0);
});
