// One seed of the simulation of clients that come back, from the first connection to the last socket.

import assert from "node:assert/strict";
import { Prng } from "../../src/base/prng.ts";
import { makePlatform, type Platform } from "../../src/client/platform.ts";
import { LINGER_MS } from "../../src/limits/lingering.ts";
import { DEFAULT_LIMITS, holds, RELATIONS } from "../../src/limits/server.ts";
import { SLOT_MS } from "../unit/server/stage.ts";
import { Caller } from "./caller.ts";
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
import { type ResumeScenario, resumeScenarioOf } from "./resume_scenario.ts";
import { HANDLER_FAULT } from "./desk.ts";
import { Site } from "./site.ts";

/** Promises are given turns at least this often. */
const SLICE_MS = 20;

/** More turns than any chain of promises here takes. */
const PROMISE_TURNS = 8;

/** Within this everybody has what is his, once nobody acts and no connection is broken on purpose. */
const SETTLE_MS_MAX = 30 * 60 * 1000;

/** Longer than a client's goodbye takes, and anything that travels. */
const LEAVE_MS_MAX = 10_000;

/** What became of a seed. */
export interface Outcome {
  /** How sessions ended, what calls came to, and what clients heard of: all that a simulation has to come across. */
  readonly seen: ReadonlySet<string>;
  /** A number in which all that happened has its part. */
  readonly digest: number;
}

/** Rejects with what does not hold that always holds. */
export function simulateResume(seed: number): Promise<Outcome> {
  return new Simulation(seed).run();
}

class Simulation {
  readonly #scenario: ResumeScenario;
  readonly #prng: Prng;
  readonly #site: Site;
  readonly #platform: Platform;
  readonly #callers: Caller[] = [];
  #digest = 0;

  constructor(seed: number) {
    this.#scenario = resumeScenarioOf(seed);
    const limits = { ...DEFAULT_LIMITS, ...this.#scenario.stage.limits };
    assert(RELATIONS.every((relation) => holds(relation, limits)), "limits fit together");
    this.#prng = new Prng(~seed);
    this.#site = new Site(this.#scenario, this.#prng);
    const { world, transport } = this.#site.stage;
    const host = {
      clock: world.clock,
      randomBytes: (length: number) => new Uint8Array(length).fill(seed),
      transport: () => transport,
    };
    const defer = (callback: () => void) => void world.clock.schedule(0, callback);
    this.#platform = makePlatform(host, defer, (error) => {
      throw error;
    });
  }

  async run(): Promise<Outcome> {
    const { clients, rounds, roundMs, restarts, drainsEarly } = this.#scenario;
    const waiting = [...clients.entries()];
    for (let round = 0; round < rounds; round++) {
      while (waiting.length > 0 && this.#prng.chance(0.8)) this.#join(...waiting.pop()!);
      this.#act();
      await this.#pass(this.#prng.between(...roundMs));
      const restart = restarts.get(round);
      if (restart === "crash") this.#site.crash();
      if (restart !== "drain") continue;
      await this.#drain();
      this.#site.restart();
    }
    if (!drainsEarly) await this.#settle();
    await this.#drain();
    await this.#leave();
    this.#checkEnds();
    return { seen: this.#seen(), digest: this.#digest };
  }

  #join(index: number, plan: ResumeScenario["clients"][number]): void {
    const { address } = this.#site.stage;
    this.#callers.push(new Caller(`c${index}`, plan, address, this.#platform, this.#prng));
  }

  #act(): void {
    const { resetChance, cutChance, closeChance, kickChance } = this.#scenario;
    this.#site.act(kickChance);
    for (const caller of this.#callers) {
      caller.act();
      if (this.#prng.chance(closeChance)) void caller.client.close();
    }
    for (const stream of [...this.#site.stage.world.openStreams]) {
      if (this.#prng.chance(resetChance)) stream.reset();
      else if (this.#prng.chance(cutChance)) stream.cut();
    }
  }

  /** Lets time pass, and looks at what always holds. */
  async #pass(ms: number): Promise<void> {
    const { stage } = this.#site;
    for (let left = ms; left >= 0; left -= SLICE_MS) {
      stage.world.runFor(Math.min(left, SLICE_MS));
      for (let turn = 0; turn < PROMISE_TURNS; turn++) await null;
    }
    stage.checkSums();
    checkHeld(this.#site);
    checkTimes(this.#site);
    for (const caller of this.#callers) checkClient(caller);
    const { bytesReceived, bytesSent, accepted } = stage.server.counters;
    for (const part of [stage.now * 16, bytesReceived, bytesSent, accepted]) {
      this.#digest = (Math.imul(this.#digest, 31) + part) | 0;
    }
  }

  /** Waits until every call is settled, and every client that is not closed has had all that is its own. */
  async #settle(): Promise<void> {
    const { stage } = this.#site;
    const isLate = (caller: Caller) =>
      caller.client.running > 0 ||
      this.#scenario.isRoomy && !caller.isClosed && !hasHeardAll(caller, this.#site);
    const end = stage.now + SETTLE_MS_MAX;
    // Each at its own time: where connections break often, there may be no moment at which all of them stand.
    for (let late = this.#callers; late.length > 0; late = late.filter(isLate)) {
      const { name, client } = late[0]!;
      assert(stage.now < end, `${name} does not get its own: ${JSON.stringify(client.state)}`);
      this.#site.tellAll();
      await this.#pass(2000);
    }
  }

  async #drain(): Promise<void> {
    const { stage, stage: { server, limits } } = this.#site;
    let drained = 0;
    server.drain(() => drained++);
    assert.equal(server.registry.size, 0, "all sessions were told");
    const promises = Math.max(limits.drainGraceMs, limits.requestTimeoutMs, LINGER_MS);
    const end = stage.now + promises + LINGER_MS + 2 * SLOT_MS;
    for (let round = 0; round < 3; round++) {
      this.#act();
      await this.#pass(this.#prng.between(0, 50));
    }
    await this.#pass(Math.max(0, end - stage.now));
    assert.equal(drained, 1, "drained");
  }

  /** The clients give up; then nothing is left of anything. */
  async #leave(): Promise<void> {
    const { stage, stage: { world } } = this.#site;
    for (const caller of this.#callers) checkClosed(caller, this.#scenario);
    for (const { client } of this.#callers) void client.close();
    await this.#pass(LEAVE_MS_MAX);
    world.runUntilIdle();
    await this.#pass(0);
    stage.checkEmpty();
    for (const { app, server } of this.#site.stages) {
      assert.deepEqual([server.held.inbound, server.held.outbound], [0, 0], "bytes are held");
      assert.deepEqual([server.users.size, server.admission.addresses], [0, 0]);
      // Sessions that are kept stay in their groups.
      if (server.counters.kept === 0) assert.equal(app.groups.size, 0, "groups are left");
    }
    for (const { client, name } of this.#callers) {
      assert.deepEqual(
        [client.state.state, client.running, client.queuedBytes],
        ["closed", 0, 0],
        name,
      );
    }
  }

  #checkEnds(): void {
    for (const { event, fields } of this.#site.stages.flatMap(({ log }) => log)) {
      const text = String(fields["error"]);
      const isMeant = event === "handler failed" &&
        (text.includes(HANDLER_FAULT) || text.includes("No answer within the time"));
      assert(isMeant || (event !== "handler failed" && event !== "fault"), `${event}: ${text}`);
    }
    for (const caller of this.#callers) {
      for (const [text, call] of caller.calls) {
        checkCall(text, call, this.#site.ran.get(text) ?? 0);
      }
      checkHistory(caller, this.#site, false);
    }
    for (const [text, count] of this.#site.ran) {
      const mayRunTwice = this.#callers.some(({ calls }) => calls.get(text)?.mayRunTwice);
      assert(count === 1 || mayRunTwice, `${text} ran ${count} times`);
    }
    checkQuestions(this.#site, this.#callers);
  }

  #seen(): Set<string> {
    const seen = new Set<string>(this.#site.hasCrashed ? ["crashed"] : []);
    for (const { server: { counters } } of this.#site.stages) {
      for (const end of counters.closed.keys()) seen.add(end);
      for (const what of ["resumed", "kept", "restored"] as const) {
        if (counters[what] > 0) seen.add(what);
      }
    }
    for (const { calls, history } of this.#callers) {
      for (const { settled: [outcome] } of calls.values()) {
        seen.add("answer" in outcome! ? "answer" : `${outcome!.failed} by ${outcome!.by}`);
      }
      for (const heard of history) {
        if (heard.kind !== "gap") continue;
        const { fresh, missed } = heard.gap;
        seen.add(fresh ? "fresh gap" : missed === null ? "told gap" : "found gap");
      }
    }
    for (const [outcome] of this.#site.asked.values()) {
      seen.add("answer" in outcome! ? "learnt" : `question ${outcome!.failed}`);
    }
    return seen;
  }
}
