// The rooms of several workers on a bus that loses messages: whatever happens, in the end all know the same, and were told
// of it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Prng } from "../../../src/base/prng.ts";
import type { Bus } from "../../../src/bus/bus.ts";
import { Hub } from "../../../src/bus/hub.ts";
import { joinHere } from "../../../src/bus/join_here.ts";
import { SharedRooms } from "../../../src/handlers/shared_rooms.ts";
import { World } from "../../../src/runtime/sim/world.ts";

const NODES = 3;
const STEPS = 400;

/** In the last two a name went to a worker that had given it away. */
const SEEDS = [...Array.from({ length: 20 }, (_, i) => 1 + i), 118, 343];

const ROOMS = ["a", "b"];
const NAMES = ["ann", "bob", "eve", "joe"];

interface Worker {
  readonly rooms: SharedRooms;
  readonly sessions: Set<string>;
  /** What the listener was told is there: rooms and names. */
  readonly told: Set<string>;
  readonly leave: () => void;
}

/** Every second session has a user. */
function userOf(session: string): string {
  const number = Number(session.slice(1));
  return number % 2 === 0 ? "" : NAMES[(number >>> 1) % NAMES.length]!;
}

/** Three workers, and what may happen to them, drawn from `seed`. */
class Scene {
  readonly prng: Prng;
  readonly workers: Worker[];
  /** Messages that are lost, of a hundred. */
  lost = 20;
  readonly #hub = new Hub();
  readonly #world = new World(1);
  #lastSession = 0;

  constructor(seed: number) {
    this.prng = new Prng(seed);
    this.workers = Array.from({ length: NODES }, (_, i) => this.#start(1 + i));
  }

  #start(node: number): Worker {
    const { bus, leave } = joinHere(this.#hub, node, this.#world.clock);
    const publish = bus.publish.bind(bus);
    bus.publish = (...letter: Parameters<Bus["publish"]>) => {
      if (this.prng.between(0, 99) >= this.lost) publish(...letter);
    };
    const told = new Set<string>();
    const rooms = new SharedRooms(bus, {
      came({ room, name }) {
        assert.ok(!told.has(`${room} ${name}`), "nobody comes twice");
        told.add(`${room} ${name}`);
      },
      left: ({ room, name }) => assert.ok(told.delete(`${room} ${name}`), "who left was there"),
      yielded: () => {},
    });
    return { rooms, leave, told, sessions: new Set() };
  }

  step(): void {
    const { prng, workers } = this;
    const at = prng.between(0, NODES - 1);
    const worker = workers[at]!;
    const { rooms, sessions } = worker;
    const session = [...sessions][prng.between(0, sessions.size)] ?? this.#newSession(worker);
    const room = ROOMS[prng.between(0, ROOMS.length - 1)]!;
    const user = userOf(session);
    const name = user === "" ? NAMES[prng.between(0, NAMES.length - 1)]! : user;
    switch (prng.between(0, 9)) {
      case 0:
        rooms.end(session);
        return void sessions.delete(session);
      case 1:
      case 2: {
        const other = workers[(at + prng.between(1, NODES - 1)) % NODES]!;
        sessions.delete(session);
        rooms.moved(session);
        other.sessions.add(session);
        return other.rooms.resumed(session);
      }
      case 3:
        return rooms.leave(session, room);
      case 4:
        return rooms.beat();
      case 5:
        if (prng.between(0, 9) > 0) return;
        worker.leave();
        workers[at] = this.#start(1 + at);
        return;
      default:
        if (rooms.nameIn(room, session) !== undefined) return;
        if (rooms.isFree(session, room, name, user)) rooms.join(session, room, name, user);
    }
  }

  #newSession({ sessions }: Worker): string {
    const session = `s${++this.#lastSession}`;
    sessions.add(session);
    return session;
  }

  /** Lets everything arrive that is on its way. */
  async settle(): Promise<void> {
    for (let i = 0; i < 40; i++) await null;
    this.#world.runFor(5);
  }
}

for (const seed of SEEDS) {
  test(`rooms are the same on all workers after losses, moves and crashes, seed ${seed}`, async () => {
    const scene = new Scene(seed);
    for (let i = 0; i < STEPS; i++) {
      scene.step();
      if (scene.prng.between(0, 2) === 0) await scene.settle();
    }
    scene.lost = 0;
    for (let i = 0; i < 4; i++) {
      for (const { rooms } of scene.workers) rooms.beat();
      await scene.settle();
    }
    for (const room of ROOMS) {
      const users = new Map<string, string>();
      for (const { rooms, sessions } of scene.workers) {
        for (const session of sessions) {
          const name = rooms.nameIn(room, session);
          if (name === undefined) continue;
          const user = userOf(session);
          const isShared = user !== "" && users.get(name) === user;
          assert.ok(isShared || !users.has(name), "a name is one user's, or one session's");
          users.set(name, user);
        }
      }
      const names = [...users.keys()].sort();
      for (const { rooms, told } of scene.workers) {
        assert.deepEqual([...rooms.listOf(room).names].sort(), names);
        const known = [...told].filter((line) => line.startsWith(`${room} `));
        assert.deepEqual(known.sort(), names.map((name) => `${room} ${name}`));
      }
    }
  });
}
