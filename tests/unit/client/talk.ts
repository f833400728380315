// A conversation whose connections break, and what is promised of it: every request is answered once and runs once,
// every broadcast comes once and in order, and nothing is left behind.

import assert from "node:assert/strict";
import { Prng } from "../../../src/base/prng.ts";
import { decodeText, encodeText } from "../../../src/base/text.ts";
import { Conversation } from "../../../src/client/conversation.ts";
import { settle } from "../../../src/client/options.ts";
import { makePlatform } from "../../../src/client/platform.ts";
import type { World } from "../../../src/runtime/sim/world.ts";
import type { Address, Transport } from "../../../src/transport/transport.ts";
import { cutter } from "./cutter.ts";

const HOUR_MS = 60 * 60 * 1000;
const ROUTE = encodeText("work.do");

/** A server whose route `work.do` answers `re: ` and the body, and broadcasts `news 1`, `news 2`, … with each run. */
export interface Site {
  readonly world: World;
  readonly transport: Transport;
  readonly address: Address;
  /** How often each Request ran. */
  runs(): number[];
}

export interface Talk {
  /** After how many bytes connections are lost. */
  readonly cuts: readonly number[];
  readonly requests: number;
  /** Between two requests; the first three are made at once. */
  readonly everyMs: number;
}

export interface Outcome {
  /** Bytes in both directions. */
  readonly bytes: number;
  readonly connections: number;
}

/** Asks as `talk` says, and checks what is promised. */
export function converse(site: Site, { cuts, requests, everyMs }: Talk): Outcome {
  const { world, transport, address } = site;
  const cut = cutter(transport, cuts);
  const host = {
    clock: world.clock,
    randomBytes: (length: number) => new Uint8Array(length).fill(1),
    transport: () => cut.transport,
  };
  const platform = makePlatform(host, (callback) => void world.clock.schedule(0, callback));
  const conversation = new Conversation(settle({ address }), platform);
  const answers: string[][] = Array.from({ length: requests }, () => []);
  const news: string[] = [];
  const gaps: unknown[] = [];
  let connections = 0;
  conversation.events.on("broadcast", ({ body }) => void news.push(decodeText(body)!));
  conversation.events.on("gap", (gap) => void gaps.push(gap));
  conversation.events.on("state", ({ state }) => void (state === "connecting" && connections++));
  for (const [index, heard] of answers.entries()) {
    world.clock.schedule(index < 3 ? 0 : index * everyMs, () => {
      conversation.requests.add(ROUTE, encodeText(`ask ${index}`), HOUR_MS, false, {
        resolve: (body) => void heard.push(decodeText(body)!),
        reject: (error) => void heard.push(String(error)),
      });
      conversation.flushSoon();
    });
  }
  const at = `cut at ${cuts}`;
  world.runUntil(() => answers.every(({ length }) => length > 0));
  world.runFor(25_000);
  assert.deepEqual(answers, answers.map((_, index) => [`re: ask ${index}`]), at);
  assert.deepEqual(site.runs(), new Array(requests).fill(1), `each runs once: ${at}`);
  assert.deepEqual(news, Array.from({ length: requests }, (_, index) => `news ${index + 1}`), at);
  assert.deepEqual(gaps, [], at);
  conversation.close();
  world.runFor(10_000);
  assert.equal(conversation.state.state, "closed", at);
  assert.equal(conversation.outbox.bytes, 0, "nothing is left in the outbox");
  assert.equal(world.openStreams.size, 0, "no stream is left");
  return { bytes: cut.bytes, connections };
}

/** Talks once for every byte of a conversation, and breaks the connection there. */
export function cutEverywhere(makeSite: () => Site): void {
  const talk = (cuts: number[]) => converse(makeSite(), { cuts, requests: 6, everyMs: 10 });
  const whole = talk([]);
  assert.equal(whole.connections, 1);
  // The last bytes are the Disconnect, after which nobody comes back.
  const DISCONNECT_BYTES = 13;
  for (let cutAt = 1; cutAt < whole.bytes - DISCONNECT_BYTES; cutAt++) {
    assert.equal(talk([cutAt]).connections, 2, `cut at byte ${cutAt}`);
  }
}

/** Talks for long, while connections break again and again, some of them in their handshake. */
export function cutAgainAndAgain(makeSite: (answerMs: number) => Site): void {
  for (let seed = 1; seed <= 50; seed++) {
    const prng = new Prng(seed);
    const cuts: number[] = [];
    for (let at = 0; cuts.length < 40; cuts.push(at)) at += prng.between(1, 1_200);
    const site = makeSite(prng.between(0, 3_000));
    const { connections } = converse(site, { cuts, requests: 60, everyMs: 500 });
    assert.ok(connections > 10, `seed ${seed}: only ${connections} connections`);
  }
}
