// The state table: which state may follow which, and that each change it allows really happens.

import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeText } from "../../../src/base/text.ts";
import type { Session } from "../../../src/session/session.ts";
import { type SessionState, TRANSITIONS } from "../../../src/session/state.ts";
import { disconnect, handshake, ping, request } from "../server/client.ts";
import { SLOT_MS, Stage } from "../server/stage.ts";

const STATES = Object.keys(TRANSITIONS) as SessionState[];

/** A stage whose sessions write down each change of state. */
function watched(): { stage: Stage; changes: Set<string> } {
  const changes = new Set<string>();
  const onSession = (session: Session) => {
    const enter = session.enter;
    session.enter = (next) => {
      changes.add(`${session.state} ${next}`);
      enter.call(session, next);
    };
  };
  return { stage: new Stage({ limits: { idleAfterMs: 1000 }, onSession }), changes };
}

/** A session in `state`, in a stage of its own. */
function sessionIn(state: SessionState) {
  const stage = new Stage({ limits: { idleAfterMs: 1000 } });
  const client = stage.connect();
  if (state === "connecting") return client.session;
  client.send(handshake());
  stage.settle();
  if (state === "idle") stage.run(1100);
  if (state === "waiting") {
    const lost = stage.open('{"features":["resume"]}');
    lost.connection.terminate();
    stage.settle();
    return lost.session;
  }
  if (state === "disconnecting" || state === "closed") {
    client.closesOnFin = false;
    client.send(disconnect());
    stage.settle();
  }
  if (state === "closed") stage.run(3000);
  return client.session;
}

test("each change of state in the table happens in the life of some session", () => {
  const { stage, changes } = watched();
  stage.connect().send(disconnect());
  const client = stage.open();
  stage.run(1100);
  client.send(request(1));
  stage.settle();
  client.send(disconnect());
  const idle = stage.open();
  stage.run(1100);
  idle.send(disconnect());
  stage.settle();
  const resumable = '{"features":["resume"]}';
  const [lost, quiet] = [stage.connect(), stage.open(resumable)];
  lost.send(handshake(resumable));
  stage.settle();
  const { session, resume } = JSON.parse(decodeText(lost.frames[0]!.payload)!);
  lost.connection.terminate();
  stage.settle();
  const claim = { session, secret: resume.secret, received: 0 };
  stage.open(JSON.stringify({ features: ["resume"], resume: claim })).connection.terminate();
  stage.run(1100);
  quiet.connection.terminate();
  stage.run(130_000);
  const allowed = STATES.flatMap((from) => TRANSITIONS[from].map((to) => `${from} ${to}`));
  assert.deepEqual([...changes].sort(), allowed.sort());
  stage.checkEmpty();
});

test("a change of state that is not in the table is a fault of ours, and nothing changes", () => {
  for (const from of STATES) {
    for (const to of STATES) {
      const session = sessionIn(from);
      assert.equal(session.state, from);
      if (TRANSITIONS[from].includes(to)) continue;
      assert.throws(() => session.enter(to), /Assertion failed/);
      assert.equal(session.state, from);
    }
  }
});

test("a session is open in the states past its handshake and before its end", () => {
  const open = STATES.filter((state) => sessionIn(state).isOpen);
  assert.deepEqual(open, ["active", "idle"]);
});

test("a session becomes Idle without application frames for its time, and Active with the next", () => {
  const stage = new Stage({
    limits: { idleAfterMs: 60_000, heartbeatIntervalMs: 1000, heartbeatIntervalMaxMs: 1000 },
  });
  const client = stage.open();
  client.answersPings = true;
  const { session } = client;
  for (const wait of [30_000, 75_000]) {
    stage.run(wait);
    client.send(request(1));
    stage.settle();
    const idleAt = session.lastApplicationAt + 60_000;
    stage.run(idleAt - 1 - stage.now);
    assert.equal(session.state, "active");
    stage.run(1 + SLOT_MS);
    assert.equal(session.state, "idle");
  }
  assert(client.frames.length > 200, "Pings came and went all the time");
});

test("a frame that the server sends makes an Idle session Active too, a Ping or Pong does not", () => {
  const stage = new Stage({ limits: { idleAfterMs: 1000, heartbeatIntervalMs: 5000 } });
  const client = stage.open();
  stage.run(1100);
  assert.equal(client.session.state, "idle");
  client.send(ping(1));
  stage.run(6000);
  assert.deepEqual([client.heard, client.session.state], [["pong 1", "ping 1"], "idle"]);
  stage.app.broadcast(new Uint8Array(1));
  assert.equal(client.session.state, "active");
  stage.run(999);
  assert.equal(client.session.state, "active");
  stage.run(1 + SLOT_MS);
  assert.equal(client.session.state, "idle");
});
