// One seed, from the first connection to the last socket: a whole server, its clients, and what always holds.

import assert from "node:assert/strict";
import { Prng } from "../../src/base/prng.ts";
import { LINGER_MS } from "../../src/limits/lingering.ts";
import { GATHER_BYTES } from "../../src/limits/turn.ts";
import type { Session } from "../../src/session/session.ts";
import { SLOT_MS, Stage } from "../unit/server/stage.ts";
import { Actor } from "./actor.ts";
import { handlerOf, type Manner, type Scenario, scenarioOf } from "./scenario.ts";
import { assertHeard, type Lanes, witness } from "./witness.ts";

/** The largest frame that goes over the network of a simulation. */
const FRAME_BYTES_MOST = 8192;

/** Longer than anything takes that is under way when clients have stopped to act. */
const SETTLE_MS_MAX = 120_000;

/** Longer than anything takes from here to there, with all that may hold it up. */
const TRAVEL_MS_MAX = 3000;

/** What became of a seed. */
export interface Outcome {
  /** How sessions ended, as the server counted it. */
  readonly closed: ReadonlyMap<string, number>;
  /** A number in which all that happened has its part. */
  readonly digest: number;
}

/** @throws {Error} If something does not hold that always holds. */
export function simulate(seed: number): Outcome {
  return new Simulation(seed).run();
}

class Simulation {
  readonly #scenario: Scenario;
  readonly #prng: Prng;
  readonly #stage: Stage;
  readonly #actors: Actor[] = [];
  /** What each session was given to send, from its acceptance on. */
  readonly #given = new Map<Session, Lanes>();
  #digest = 0;

  constructor(seed: number) {
    this.#scenario = scenarioOf(seed);
    this.#prng = new Prng(~seed);
    this.#stage = new Stage({
      ...this.#scenario.stage,
      handler: handlerOf(this.#scenario, this.#prng, () => this.#stage.world.clock),
      onSession: (session) => void this.#given.set(session, witness(session)),
    });
  }

  run(): Outcome {
    const { clients, rounds, roundMs } = this.#scenario;
    const waiting = [...clients];
    for (let round = 0; round < rounds; round++) {
      while (waiting.length > 0 && this.#prng.chance(0.8)) this.#connect(waiting.pop()!);
      for (const actor of this.#actors) actor.act();
      this.#pass(this.#prng.between(...roundMs));
    }
    this.#settle();
    this.#drain();
    this.#checkEnds();
    return { closed: this.#stage.server.counters.closed, digest: this.#digest };
  }

  #connect(manner: Manner): void {
    const { server, world, transport, address, sessions } = this.#stage;
    const opened = (connection: Actor["connection"]) => {
      const side = world.streamOf(connection).server;
      const session = sessions.find((session) => session.connection === side)!;
      const actor = new Actor(manner, connection, session, this.#prng, world);
      this.#actors.push(actor);
      return actor;
    };
    transport.connect(address, opened, () => assert(server.isDraining));
  }

  /** Lets time pass, and looks at what always holds. */
  #pass(ms: number): void {
    const { server, limits } = this.#stage;
    this.#stage.run(ms);
    assert(server.registry.size <= limits.maxConnections, "more sessions than there may be");
    server.registry.forEach((session) => {
      assert(session.isOpen || session.state === "connecting", "a session that ended is listed");
      this.#checkQueue(session);
    });
    const { bytesReceived, bytesSent, accepted } = server.counters;
    for (const part of [this.#stage.now * 16, bytesReceived, bytesSent, accepted]) {
      this.#digest = (Math.imul(this.#digest, 31) + part) | 0;
    }
  }

  // What may wait behind the frame that is sent: Broadcasts up to the one bound; a session's own answers up to the
  // other, over which the last one went, and what was gathered before it was known that the peer is slow.
  #checkQueue({ outbound }: Session): void {
    if (this.#scenario.handler === "late") return; // answers many at once, and nothing bounds how many run yet
    const { outboundBytesMax, outboundBytesHigh } = this.#stage.limits;
    const waiting = Math.max(outboundBytesMax, outboundBytesHigh + GATHER_BYTES + FRAME_BYTES_MOST);
    assert(outbound.bytes <= FRAME_BYTES_MOST + waiting, `${outbound.bytes} bytes are queued`);
  }

  /** Waits until everybody who still reads, and whose session lives, has all that is his. */
  #settle(): void {
    for (const actor of this.#actors) if (actor.manner === "slow") actor.connection.resume();
    const isWaiting = (actor: Actor) =>
      actor.session.isOpen && actor.closedAs === null && actor.manner !== "deaf" &&
      !actor.hasAll(this.#given.get(actor.session)!);
    const end = this.#stage.now + SETTLE_MS_MAX;
    while (this.#actors.some(isWaiting)) {
      assert(this.#stage.now < end, "somebody does not get what is his");
      this.#pass(100);
    }
  }

  #drain(): void {
    const { server, world, limits } = this.#stage;
    let drained = 0;
    const left = server.registry.size;
    server.drain(() => drained++);
    assert.equal(server.registry.size, 0, `${left} sessions were told`);
    for (let round = 0; round < 3; round++) {
      for (const actor of this.#actors) actor.act();
      this.#pass(this.#prng.between(0, 50));
    }
    const promises = Math.max(limits.drainGraceMs, limits.requestTimeoutMs, LINGER_MS);
    this.#pass(promises + LINGER_MS + 2 * SLOT_MS);
    assert.equal(drained, 1, "drained");
    // Whoever is in a black hole, or deaf, does not know; and what the network holds up has to come.
    for (const actor of this.#actors) actor.connection.terminate();
    this.#pass(TRAVEL_MS_MAX);
    world.runUntilIdle();
    this.#stage.checkEmpty();
  }

  #checkEnds(): void {
    const ended = this.#stage.log.filter(({ event }) => {
      return event === "session ended" || event === "refused";
    });
    const ids = new Set(ended.map(({ fields }) => fields.session));
    assert.equal(ids.size, ended.length, "a session ended twice");
    for (const session of this.#stage.sessions) {
      assert(ids.has(session.id) && session.state === "closed" && session.outbound.isEmpty);
    }
    for (const actor of this.#actors) this.#checkHeard(actor);
  }

  #checkHeard(actor: Actor): void {
    const { session, finHeard, lastWord, lanes } = actor;
    const given = this.#given.get(session)!;
    if (session.ending!.name === "server_full") {
      assert.deepEqual([lanes.application, lanes.control.length <= 1], [[], true]);
      return;
    }
    // One attempt to tell it goes past the queue.
    if (lastWord === "stale" || lastWord === "slow_consumer") lanes.control.pop();
    const isWhole = finHeard && (lastWord === "" || lastWord === "draining");
    assertHeard(lanes.control, given.control, finHeard);
    assertHeard(lanes.application, given.application, isWhole);
  }
}
