// One seed of the simulation of several nodes, from the first connection to the last socket.

import assert from "node:assert/strict";
import { Prng } from "../../src/base/prng.ts";
import { makePlatform, type Platform } from "../../src/client/platform.ts";
import { LINGER_MS } from "../../src/limits/lingering.ts";
import { DEFAULT_LIMITS, holds, RELATIONS } from "../../src/limits/server.ts";
import { BUS_DEADLINE_MS } from "../../src/limits/bus.ts";
import type { Transport } from "../../src/transport/transport.ts";
import { SLOT_MS } from "../unit/server/stage.ts";
import { Caller } from "./caller.ts";
import { HANDLER_FAULT } from "./desk.ts";
import { Nodes } from "./nodes.ts";
import {
  checkAnswered,
  checkOnce,
  checkPlaces,
  checkReach,
  checkSaid,
  hearsTwice,
} from "./nodes_invariants.ts";
import { type NodesScenario, nodesScenarioOf } from "./nodes_scenario.ts";
import {
  checkCall,
  checkClient,
  checkClosed,
  checkHeld,
  checkHistory,
  checkQuestions,
  checkTimes,
  hasHeardAll,
} from "./resume_invariants.ts";

/** Promises are given turns at least this often. */
const SLICE_MS = 20;

/** More turns than any chain of promises here takes. */
const PROMISE_TURNS = 16;

/** Within this everybody has what is his, once nobody acts and nothing is lost on purpose. */
const SETTLE_MS_MAX = 30 * 60 * 1000;

/** Longer than a client's goodbye takes, and anything that travels. */
const LEAVE_MS_MAX = 10_000;

/** What became of a seed. */
export interface NodesOutcome {
  /** How sessions ended, and what calls came to: all that a simulation has to come across. */
  readonly seen: ReadonlySet<string>;
  readonly digest: number;
}

/** Rejects with what does not hold that always holds. */
export function simulateNodes(seed: number): Promise<NodesOutcome> {
  return new Simulation(seed).run();
}

class Simulation {
  readonly #scenario: NodesScenario;
  readonly #prng: Prng;
  readonly #nodes: Nodes;
  readonly #platform: Platform;
  readonly #callers: Caller[] = [];
  #digest = 0;

  constructor(seed: number) {
    this.#scenario = nodesScenarioOf(seed);
    const limits = { ...DEFAULT_LIMITS, ...this.#scenario.stage.limits };
    assert(RELATIONS.every((relation) => holds(relation, limits)), "limits fit together");
    this.#prng = new Prng(~seed);
    this.#nodes = new Nodes(this.#scenario, this.#prng);
    const { world } = this.#nodes.stage;
    const host = {
      clock: world.clock,
      randomBytes: (length: number) => new Uint8Array(length).fill(seed),
      transport: () => this.#anyNode(),
    };
    const defer = (callback: () => void) => void world.clock.schedule(0, callback);
    this.#platform = makePlatform(host, defer, (error) => {
      throw error;
    });
  }

  async run(): Promise<NodesOutcome> {
    const { clients, rounds, roundMs } = this.#scenario;
    const waiting = [...clients.entries()];
    // Before anybody comes they know each other.
    await this.#pass(2 * this.#scenario.bus.delayMs[1]);
    for (let round = 0; round < rounds; round++) {
      while (waiting.length > 0 && this.#prng.chance(0.8)) this.#join(...waiting.pop()!);
      this.#act();
      this.#nodes.meddle();
      await this.#pass(this.#prng.between(...roundMs));
    }
    await this.#settle();
    await checkReach(this.#nodes, this.#scenario.bus.isOrdered, (ms) => this.#pass(ms));
    await this.#pass(this.#nodes.stage.limits.requestTimeoutMs);
    checkAnswered(this.#nodes);
    const { net, mishaps } = this.#nodes;
    if (this.#scenario.bus.isOrdered && net!.lost + mishaps === 0) checkSaid(this.#nodes);
    await this.#drain();
    await this.#leave();
    this.#checkEnds();
    return { seen: this.#seen(), digest: this.#digest };
  }

  // Clients choose a node by chance, whether it runs or not.
  #anyNode(): Transport {
    const { transport } = this.#nodes.stage;
    return {
      ...transport,
      connect: (_, opened, failed) => {
        const { all } = this.#nodes;
        const { stage } = all[this.#prng.between(0, all.length - 1)]!;
        transport.connect(stage.address, opened, failed);
      },
    };
  }

  #join(index: number, plan: NodesScenario["clients"][number]): void {
    const { address } = this.#nodes.stage;
    this.#callers.push(new Caller(`c${index}`, plan, address, this.#platform, this.#prng));
  }

  #act(): void {
    const { resetChance, cutChance, closeChance, kickChance } = this.#scenario;
    this.#nodes.act(kickChance);
    for (const caller of this.#callers) {
      caller.act();
      if (this.#prng.chance(closeChance)) void caller.client.close();
    }
    for (const stream of [...this.#nodes.stage.world.openStreams]) {
      if (this.#prng.chance(resetChance)) stream.reset();
      else if (this.#prng.chance(cutChance)) stream.cut();
    }
  }

  /** Lets time pass, and looks at what always holds. */
  async #pass(ms: number): Promise<void> {
    const { world } = this.#nodes.stage;
    for (let left = ms; left >= 0; left -= SLICE_MS) {
      world.runFor(Math.min(left, SLICE_MS));
      for (let turn = 0; turn < PROMISE_TURNS; turn++) await null;
      checkOnce(this.#nodes);
    }
    for (const node of this.#nodes.living) {
      node.stage.checkSums();
      checkHeld(node);
      checkTimes(node);
    }
    for (const caller of this.#callers) checkClient(caller);
    this.#note(world.clock.now() * 16);
    for (const { server: { counters } } of this.#nodes.stages) {
      this.#note(counters.bytesReceived);
      this.#note(counters.bytesSent);
    }
  }

  #note(part: number): void {
    this.#digest = (Math.imul(this.#digest, 31) + part) | 0;
  }

  /** Waits until every call is settled, and every client that is not closed has had all that is its own. */
  async #settle(): Promise<void> {
    const { stage } = this.#nodes;
    this.#nodes.healAll();
    const isLate = (caller: Caller) =>
      caller.client.running > 0 ||
      this.#scenario.isRoomy && !caller.isClosed && !hasHeardAll(caller, this.#nodes);
    const end = stage.now + SETTLE_MS_MAX;
    for (let late = this.#callers; late.length > 0; late = late.filter(isLate)) {
      const { name, client } = late[0]!;
      assert(stage.now < end, `${name} does not get its own: ${JSON.stringify(client.state)}`);
      this.#nodes.tellAll();
      await this.#pass(2000);
    }
  }

  async #drain(): Promise<void> {
    const { all, stage, stage: { limits } } = this.#nodes;
    let drained = 0;
    for (const { stage: { server } } of all) server.drain(() => drained++);
    const promises = Math.max(limits.drainGraceMs, limits.requestTimeoutMs, LINGER_MS);
    const end = stage.now + promises + BUS_DEADLINE_MS + LINGER_MS + 2 * SLOT_MS;
    for (let round = 0; round < 3; round++) {
      this.#act();
      await this.#pass(this.#prng.between(0, 50));
    }
    await this.#pass(end - stage.now);
    assert.equal(drained, all.length, "drained");
  }

  /** The clients give up; then nothing is left of anything. */
  async #leave(): Promise<void> {
    const { stages, stage: { world } } = this.#nodes;
    for (const caller of this.#callers) checkClosed(caller, this.#scenario);
    for (const { client } of this.#callers) void client.close();
    await this.#pass(LEAVE_MS_MAX);
    world.runUntilIdle();
    await this.#pass(0);
    for (const stage of stages) {
      const { app, server } = stage;
      stage.checkEmpty();
      assert.deepEqual([server.held.inbound, server.held.outbound], [0, 0], "bytes are held");
      assert.deepEqual([server.users.size, server.admission.addresses, app.groups.size], [0, 0, 0]);
    }
    if (this.#nodes.net!.lost === 0) checkPlaces(this.#nodes);
    for (const { client, name } of this.#callers) {
      assert.deepEqual(
        [client.state.state, client.running, client.queuedBytes],
        ["closed", 0, 0],
        name,
      );
    }
  }

  #checkEnds(): void {
    const { ran, stages } = this.#nodes;
    for (const { event, fields } of stages.flatMap(({ log }) => log)) {
      const text = String(fields["error"]);
      const isMeant = event === "handler failed" &&
        (text.includes(HANDLER_FAULT) || text.includes("No answer within the time"));
      assert(isMeant || (event !== "handler failed" && event !== "fault"), `${event}: ${text}`);
    }
    for (const caller of this.#callers) {
      for (const [text, call] of caller.calls) checkCall(text, call, ran.get(text) ?? 0);
      if (!hearsTwice(caller, this.#nodes)) checkHistory(caller, this.#nodes, false);
      else assert(!this.#scenario.bus.isOrdered, `${caller.name} is told something twice`);
    }
    for (const [text, count] of ran) {
      const mayRunTwice = this.#callers.some(({ calls }) => calls.get(text)?.mayRunTwice);
      assert(count === 1 || mayRunTwice, `${text} ran ${count} times`);
    }
    checkQuestions(this.#nodes, this.#callers);
  }

  #seen(): Set<string> {
    const { stages, net, mishaps } = this.#nodes;
    const seen = new Set<string>([net!.lost > 0 ? "lossy" : "lossless"]);
    if (mishaps > 0) seen.add("mishap");
    for (const { server: { counters } } of stages) {
      for (const end of counters.closed.keys()) seen.add(end);
      if (counters.resumed > 0) seen.add("resumed");
      if (counters.takenOver > 0) seen.add("taken over");
    }
    for (const { calls } of this.#callers) {
      for (const { settled: [outcome] } of calls.values()) {
        seen.add("answer" in outcome! ? "answer" : `${outcome!.failed} by ${outcome!.by}`);
      }
    }
    for (const [outcome] of this.#nodes.asked.values()) {
      seen.add("answer" in outcome! ? "learnt" : `question ${outcome!.failed}`);
    }
    return seen;
  }
}
