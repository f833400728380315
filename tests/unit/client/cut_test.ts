// A connection that is lost at any byte: every request is answered once, every broadcast comes once and in order.

import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeText, encodeText } from "../../../src/base/text.ts";
import { Conversation } from "../../../src/client/conversation.ts";
import { settle } from "../../../src/client/options.ts";
import { cutter } from "./cutter.ts";
import type { PeerScript } from "./peer.ts";
import { Stage } from "./stage.ts";

const REQUESTS = 6;
const ROUTE = encodeText("work.do");

interface Outcome {
  /** Bytes in both directions. */
  readonly bytes: number;
  readonly connections: number;
}

/** Asks, some at once and some later, while each Request that runs makes a Broadcast; checks what is promised. */
function converse(cutAt: number, script: PeerScript): Outcome {
  let made = 0;
  const stage = new Stage({
    ...script,
    onRun: (session) => stage.peer.broadcastTo(session, `news ${++made}`),
  });
  const { world, peer } = stage;
  const cut = cutter(stage.transport, cutAt);
  const platform = stage.platformOn(cut.transport);
  const conversation = new Conversation(settle({ address: peer.address }), platform);
  const answers: string[][] = Array.from({ length: REQUESTS }, () => []);
  const news: string[] = [];
  const gaps: unknown[] = [];
  conversation.events.on("broadcast", ({ body }) => void news.push(decodeText(body)!));
  conversation.events.on("gap", (gap) => void gaps.push(gap));
  for (const [index, heard] of answers.entries()) {
    world.clock.schedule(index < 3 ? 0 : index * 10, () => {
      conversation.requests.add(ROUTE, encodeText(`ask ${index}`), 60_000, false, {
        resolve: (body) => void heard.push(decodeText(body)!),
        reject: (error) => void heard.push(String(error)),
      });
      conversation.flushSoon();
    });
  }
  const at = `cut at byte ${cutAt}`;
  world.runFor(30_000);
  assert.deepEqual(answers, answers.map((_, index) => [`re: ask ${index}`]), at);
  const runs = peer.sessions.flatMap((session) => [...session.runs.values()]);
  assert.deepEqual(runs, new Array(REQUESTS).fill(1), `each runs once: ${at}`);
  assert.deepEqual(news, Array.from({ length: REQUESTS }, (_, index) => `news ${index + 1}`), at);
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
    const whole = converse(Infinity, { answerMs });
    assert.equal(whole.connections, 1);
    // The last bytes are the Disconnect, after which nobody comes back.
    const DISCONNECT_BYTES = 13;
    for (let cutAt = 1; cutAt < whole.bytes - DISCONNECT_BYTES; cutAt++) {
      assert.equal(converse(cutAt, { answerMs }).connections, 2, `cut at byte ${cutAt}`);
    }
  });
}
