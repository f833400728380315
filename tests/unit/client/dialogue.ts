// A long conversation of everything there is: Requests, Notifications, Broadcasts, questions of the server and
// acknowledgements, over a connection that is lost at a chosen byte; and what is promised of it.

import assert from "node:assert/strict";
import { decodeText } from "../../../src/base/text.ts";
import { Client } from "../../../src/client/client.ts";
import { makePlatform } from "../../../src/client/platform.ts";
import type { App } from "../../../src/messaging/app.ts";
import type { Session } from "../../../src/session/session.ts";
import { Stage } from "../server/stage.ts";
import { cutter } from "./cutter.ts";

/** How a connection is lost: both sides hear of it, or neither. */
export const LOSSES = ["reset", "silence"] as const;

export type Loss = (typeof LOSSES)[number];

export interface Outcome {
  /** Bytes in both directions, as the client sees them. */
  readonly bytes: number;
  /** Application and control frames in both directions, as the server counts them. */
  readonly frames: number;
  readonly connections: number;
}

/** The last bytes are the Disconnect, after which nobody comes back. */
const DISCONNECT_BYTES = 13;

const HOUR_MS = 60 * 60 * 1000;

/** Rounds of a Request, a Notification, and what the server does about them. */
const ROUNDS = 28;
const ROUND_MS = 10;

/** Rounds from one Ping, which acknowledges, to the next. */
const ROUNDS_PER_PING = 4;

/** A Request runs longer than a round, so that several do at once. */
const ANSWER_MS = 25;

/** More turns than any chain of promises here takes. */
const PROMISE_TURNS = 8;

/** Holds the conversation once for every `stride`-th byte, and loses the connection there. Returns how often. */
export async function cutEverywhere(loss: Loss, stride: number): Promise<number> {
  const whole = await converse(Infinity, loss);
  assert.ok(whole.frames >= 200, `${whole.frames} frames`);
  assert.equal(whole.connections, 1);
  let cuts = 0;
  for (let cutAt = 1; cutAt < whole.bytes - DISCONNECT_BYTES; cutAt += stride) {
    const { connections } = await converse(cutAt, loss);
    assert.equal(connections, 2, `${loss} at byte ${cutAt}`);
    cuts++;
  }
  return cuts;
}

/** Holds the conversation once, losing the connection behind the `cutAt`-th byte, and checks what is promised. */
export async function converse(cutAt: number, loss: Loss): Promise<Outcome> {
  const at = `${loss} at byte ${cutAt}`;
  const site = new Site();
  const { stage, stage: { world } } = site;
  const lose = loss === "reset" ? undefined : (connection: Session["connection"]) => {
    world.streamOf(connection).cut();
  };
  const cut = cutter(stage.transport, [cutAt], lose);
  const heard: string[] = [];
  const quizzes: string[] = [];
  const gaps: unknown[] = [];
  const answers: string[][] = Array.from({ length: ROUNDS }, () => []);
  let connections = 0;
  const client = connect(stage, cut.transport);
  client.on("state", ({ state }) => void (state === "connecting" && connections++));
  client.on("broadcast", ({ body }) => void heard.push(decodeText(body)!));
  client.on("notification", ({ body }) => void heard.push(decodeText(body)!));
  client.on("gap", (gap) => void gaps.push(gap));
  client.on("request", ({ body }) => {
    quizzes.push(decodeText(body)!);
    return `I say ${decodeText(body)}`;
  });
  for (const [round, settled] of answers.entries()) {
    world.clock.schedule(round * ROUND_MS, () => {
      client.request("work", `${round}`, { timeoutMs: HOUR_MS }).then(
        (body) => settled.push(decodeText(body)!),
        (error) => settled.push(String(error)),
      );
      client.notify("note", `${round}`);
      if (round % ROUNDS_PER_PING === 0) client.ping().catch(() => {});
    });
  }
  await site.until(() => answers.every(({ length }) => length > 0) && site.isSettled, at);
  await site.run(1_000);
  assert.deepEqual(answers, answers.map((_, round) => [`did ${round}`]), at);
  assert.deepEqual(site.ran, answers.map((_, round) => `${round}`), `each runs once: ${at}`);
  assert.deepEqual(heard, site.told, `what was sent is heard, once and in order: ${at}`);
  assert.deepEqual(gaps, [], at);
  assert.deepEqual(quizzes, site.asked, `each question is handled once: ${at}`);
  assert.deepEqual(site.learnt.toSorted(), site.asked.map((ask) => `I say ${ask}`).toSorted(), at);
  assertRises(site.noted.map(Number), at);
  void client.close();
  await site.until(() => client.state.state === "closed", at);
  assert.equal(client.queuedBytes, 0, at);
  await site.end();
  const { framesSent, framesReceived } = stage.server.counters;
  const frames = [...framesSent, ...framesReceived].reduce((sum, count) => sum + count, 0);
  return { bytes: cut.bytes, frames, connections };
}

function connect(stage: Stage, transport: Stage["transport"]): Client {
  const { world, address } = stage;
  const host = {
    clock: world.clock,
    randomBytes: (length: number) => new Uint8Array(length).fill(1),
    transport: () => transport,
  };
  const defer = (callback: () => void) => void world.clock.schedule(0, callback);
  const onFault = (error: unknown) => {
    throw error;
  };
  return new Client({ address }, makePlatform(host, defer, onFault));
}

// A Notification may be lost with its connection; it never comes twice or late.
function assertRises(numbers: readonly number[], at: string): void {
  for (let i = 1; i < numbers.length; i++) assert.ok(numbers[i - 1]! < numbers[i]!, at);
}

/** The server of the conversation, and what it did. */
class Site {
  readonly stage: Stage;
  /** Requests and Notifications that ran. */
  readonly ran: string[] = [];
  readonly noted: string[] = [];
  /** Broadcasts and Notifications that were sent. */
  readonly told: string[] = [];
  /** Questions, and their answers. */
  readonly asked: string[] = [];
  readonly learnt: string[] = [];

  constructor() {
    this.stage = new Stage({ routes: (app) => this.#serve(app) });
  }

  /** Whether every question has its answer, or what says that there is none. */
  get isSettled(): boolean {
    return this.learnt.length === this.asked.length;
  }

  /** Lets time pass until `condition` holds, and promises settle on the way. */
  async until(condition: () => boolean, at: string): Promise<void> {
    while (!condition()) {
      assert.ok(this.stage.world.step() && this.stage.now < HOUR_MS, at);
      for (let turn = 0; turn < PROMISE_TURNS; turn++) await null;
    }
  }

  async run(ms: number): Promise<void> {
    let isOver = false;
    this.stage.world.clock.schedule(ms, () => isOver = true);
    await this.until(() => isOver, "the rest");
  }

  /** Shuts down; nothing is left. */
  async end(): Promise<void> {
    let isDrained = false;
    this.stage.server.drain(() => isDrained = true);
    await this.until(() => isDrained, "drain");
    this.stage.world.runUntilIdle();
    this.stage.checkEmpty();
    const { inbound, outbound } = this.stage.server.held;
    assert.deepEqual([inbound, outbound], [0, 0], "no byte is held");
  }

  #serve(app: App): void {
    app.route("work", (c) => {
      const text = c.text();
      this.ran.push(text);
      this.told.push(`news ${text}`);
      app.broadcast(`news ${text}`);
      this.asked.push(`quiz ${text}`);
      c.session.request("quiz", `quiz ${text}`, { timeoutMs: HOUR_MS }).then(
        (body) => this.learnt.push(decodeText(body)!),
        (error) => this.learnt.push(String(error)),
      );
      return new Promise((resolve) => {
        this.stage.world.clock.schedule(ANSWER_MS, () => resolve(`did ${text}`));
      });
    });
    app.route("note", (c) => {
      this.noted.push(c.text());
      this.told.push(`noted ${c.text()}`);
      c.session.send("noted", `noted ${c.text()}`);
    });
  }
}
