// One seed, from the first connection to the last socket: a whole server, its clients, and what always holds.

import assert from "node:assert/strict";
import { Prng } from "../../src/base/prng.ts";
import { LINGER_MS } from "../../src/limits/lingering.ts";
import { DEFAULT_LIMITS, holds, RELATIONS } from "../../src/limits/server.ts";
import type { Session } from "../../src/session/session.ts";
import { SLOT_MS, Stage } from "../unit/server/stage.ts";
import { Actor } from "./actor.ts";
import { checkCalm, checkDeadlines, checkHeard, checkHeld, checkQueue } from "./invariants.ts";
import { HANDLER_FAULT, handlerOf, type Manner, type Scenario, scenarioOf } from "./scenario.ts";
import { type Lanes, witness, witnessed } from "./witness.ts";

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
  /** What each session was given to send, and the Requests of it that reached the handler. */
  readonly #given = new Map<Session, Lanes>();
  readonly #served = new Map<Session, number[]>();
  #digest = 0;

  constructor(seed: number) {
    this.#scenario = scenarioOf(seed);
    const limits = { ...DEFAULT_LIMITS, ...this.#scenario.stage.limits };
    assert(RELATIONS.every((relation) => holds(relation, limits)), "limits fit together");
    this.#prng = new Prng(~seed);
    const handler = handlerOf(this.#scenario, this.#prng, () => this.#stage.world.clock);
    this.#stage = new Stage({
      ...this.#scenario.stage,
      fallback: (app) => witnessed(handler(app), this.#served),
      onSession: (session) => this.#onSession(session),
    });
  }

  run(): Outcome {
    const { clients, rounds } = this.#scenario;
    const waiting = [...clients];
    for (let round = 0; round < rounds; round++) {
      while (waiting.length > 0 && this.#prng.chance(0.8)) this.#connect(waiting.pop()!);
      this.#act();
    }
    this.#settle();
    this.#act();
    this.#drain();
    this.#checkEnds();
    return { closed: this.#stage.server.counters.closed, digest: this.#digest };
  }

  #onSession(session: Session): void {
    const { registry, limits } = this.#stage.server;
    const isFull = session.ending?.name === "server_full" && limits.acceptRate === 0;
    assert(!isFull || registry.size === limits.maxConnections, "refused although there is room");
    this.#given.set(session, witness(session));
    this.#served.set(session, []);
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

  #act(): void {
    for (const actor of this.#actors) actor.act();
    this.#pass(this.#prng.between(...this.#scenario.roundMs));
  }

  /** Lets time pass, and looks at what always holds. */
  #pass(ms: number): void {
    const { server, limits, sessions, now } = this.#stage;
    this.#stage.run(ms);
    assert(server.registry.size <= limits.maxConnections, "more sessions than there may be");
    server.registry.forEach((session) => {
      assert(session.isOpen || session.state === "connecting", "a session that ended is listed");
      checkQueue(session, this.#scenario);
    });
    for (const session of sessions) {
      if (session.state !== "closed") checkDeadlines(session, now + ms);
    }
    checkHeld(this.#stage);
    const { bytesReceived, bytesSent, accepted } = server.counters;
    for (const part of [now * 16, bytesReceived, bytesSent, accepted]) {
      this.#digest = (Math.imul(this.#digest, 31) + part) | 0;
    }
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
    for (const actor of this.#actors) if (actor.manner === "slow") actor.connection.resume();
    const promises = Math.max(limits.drainGraceMs, limits.requestTimeoutMs, LINGER_MS);
    const end = this.#stage.now + promises + LINGER_MS + 2 * SLOT_MS;
    for (let round = 0; round < 3; round++) {
      for (const actor of this.#actors) if (actor.manner !== "slow") actor.act();
      this.#pass(this.#prng.between(0, 50));
    }
    this.#pass(end - this.#stage.now);
    assert.equal(drained, 1, "drained");
    // Whoever is in a black hole, or deaf, does not know; and what the network holds up has to come.
    for (const actor of this.#actors) actor.connection.terminate();
    this.#pass(TRAVEL_MS_MAX);
    world.runUntilIdle();
    this.#stage.checkEmpty();
  }

  #checkEnds(): void {
    this.#checkFaults();
    const ended = this.#stage.log.filter(({ event }) => {
      return event === "session ended" || event === "refused";
    });
    const ids = new Set(ended.map(({ fields }) => fields.session));
    assert.equal(ids.size, ended.length, "a session ended twice");
    for (const session of this.#stage.sessions) {
      assert(ids.has(session.id) && session.state === "closed" && session.outbound.isEmpty);
    }
    for (const actor of this.#actors) {
      checkHeard(actor, this.#given.get(actor.session)!);
      if (this.#scenario.isCalm) {
        checkCalm(actor, this.#served.get(actor.session)!, this.#scenario);
      }
    }
  }

  // Whatever goes wrong inside a handler or a flush ends in the log: also what is asserted there.
  #checkFaults(): void {
    for (const { event, fields } of this.#stage.log) {
      const isMeant = event === "handler failed" && String(fields.error).includes(HANDLER_FAULT);
      const isFault = event === "handler failed" || event === "fault";
      assert(isMeant || !isFault, `${event}: ${fields.error}`);
    }
  }
}
