// A connection that is lost at any byte: every request is answered once, every broadcast comes once and in order.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Prng } from "../../../src/base/prng.ts";
import { decodeText, encodeText } from "../../../src/base/text.ts";
import { Conversation } from "../../../src/client/conversation.ts";
import { settle } from "../../../src/client/options.ts";
import { cutter } from "./cutter.ts";
import type { PeerScript } from "./peer.ts";
import { Stage } from "./stage.ts";

const HOUR_MS = 60 * 60 * 1000;
const ROUTE = encodeText("work.do");

interface Talk {
  readonly script: PeerScript;
  /** After how many bytes connections are lost. */
  readonly cuts: readonly number[];
  readonly requests: number;
  /** Between two requests; the first three are made at once. */
  readonly everyMs: number;
}

interface Outcome {
  /** Bytes in both directions. */
  readonly bytes: number;
  readonly connections: number;
}

/** Asks, some at once and some later, while each Request that runs makes a Broadcast; checks what is promised. */
function converse({ script, cuts, requests, everyMs }: Talk): Outcome {
  let made = 0;
  const stage = new Stage({
    ...script,
    onRun: (session) => stage.peer.broadcastTo(session, `news ${++made}`),
  });
  const { world, peer } = stage;
  const cut = cutter(stage.transport, cuts);
  const platform = stage.platformOn(cut.transport);
  const conversation = new Conversation(settle({ address: peer.address }), platform);
  const answers: string[][] = Array.from({ length: requests }, () => []);
  const news: string[] = [];
  const gaps: unknown[] = [];
  conversation.events.on("broadcast", ({ body }) => void news.push(decodeText(body)!));
  conversation.events.on("gap", (gap) => void gaps.push(gap));
  for (const [index, heard] of answers.entries()) {
    world.clock.schedule(index < 3 ? 0 : index * everyMs, () => {
      conversation.requests.add(ROUTE, encodeText(`ask ${index}`), HOUR_MS, false, {
        resolve: (body) => void heard.push(decodeText(body)!),
        reject: (error) => void heard.push(String(error)),
      });
      conversation.flushSoon();
    });
  }
  const at = `cut at ${cuts.slice(0, 20)}`;
  world.runUntil(() => answers.every(({ length }) => length > 0));
  world.runFor(30_000);
  assert.deepEqual(answers, answers.map((_, index) => [`re: ask ${index}`]), at);
  const runs = peer.sessions.flatMap((session) => [...session.runs.values()]);
  assert.deepEqual(runs, new Array(requests).fill(1), `each runs once: ${at}`);
  assert.deepEqual(news, Array.from({ length: requests }, (_, index) => `news ${index + 1}`), at);
  assert.deepEqual(gaps, [], at);
  conversation.close();
  world.runFor(10_000);
  assert.equal(conversation.state.state, "closed");
  assert.equal(conversation.outbox.bytes, 0, "nothing is left in the outbox");
  assert.equal(world.openStreams.size, 0, "no stream is left");
  return { bytes: cut.bytes, connections: peer.connections.length };
}

for (const answerMs of [0, 15]) {
  test(`a client loses nothing wherever its connection breaks; answers take ${answerMs} ms`, () => {
    const talk = (cuts: number[]) =>
      converse({ script: { answerMs }, cuts, requests: 6, everyMs: 10 });
    const whole = talk([]);
    assert.equal(whole.connections, 1);
    // The last bytes are the Disconnect, after which nobody comes back.
    const DISCONNECT_BYTES = 13;
    for (let cutAt = 1; cutAt < whole.bytes - DISCONNECT_BYTES; cutAt++) {
      assert.equal(talk([cutAt]).connections, 2, `cut at byte ${cutAt}`);
    }
  });
}

test("a client loses nothing although its connections break again and again", () => {
  for (let seed = 1; seed <= 50; seed++) {
    const prng = new Prng(seed);
    const cuts: number[] = [];
    for (let at = 0; cuts.length < 40; cuts.push(at)) at += prng.between(1, 900);
    const script = { answerMs: prng.between(0, 3_000) };
    const { connections } = converse({ script, cuts, requests: 60, everyMs: 500 });
    assert.ok(connections > 10, `seed ${seed}: only ${connections} connections`);
  }
});
