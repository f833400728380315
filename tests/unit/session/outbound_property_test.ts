// Any frames into any queues that share a gather buffer, with any room: whole frames come out, in the order promised.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { encodeFrame, FrameType } from "../../../src/codec/frame.ts";
import { Counters } from "../../../src/observe/counters.ts";
import { HeldBytes } from "../../../src/session/held_bytes.ts";
import { Gather } from "../../../src/session/gather.ts";
import { Outbound } from "../../../src/session/outbound.ts";
import { decodeSimply } from "../codec/frames.ts";
import { FakeConnection } from "./fake_connection.ts";

const BYTES_MAX = 200_000;

/** What happens to one of the queues: a frame of a size, room for some bytes, a flush, or a drop. */
interface Step {
  readonly does: "control" | "application" | "shared" | "room" | "flush" | "drop";
  readonly size: number;
}

/** A moment at which the frames put so far, and the bytes on the wire, divide what comes before from what comes after. */
interface Mark {
  readonly id: number;
  readonly taken: number;
}

/** A queue, its connection, and what is known to have been put into it. */
class Queue {
  readonly connection = new FakeConnection(1000);
  readonly outbound: Outbound;
  readonly #control: number[] = [];
  readonly #application: number[] = [];
  /** Control frames put while the queue was blocked, and drops. */
  readonly #overtaking: Mark[] = [];
  readonly #drops: Mark[] = [];
  #bytesPut = 0;

  constructor(gather: Gather) {
    this.outbound = new Outbound(this.connection, {
      gather,
      counters: new Counters(),
      held: new HeldBytes(),
    }, BYTES_MAX);
  }

  take({ does, size }: Step, id: number): void {
    const { outbound, connection } = this;
    const payload = new Uint8Array(does === "room" ? 0 : size).fill(id);
    const mark = { id, taken: connection.taken };
    switch (does) {
      case "flush":
        return outbound.flush();
      case "room":
        connection.room += size;
        return outbound.unblock();
      case "drop":
        outbound.dropApplication();
        this.#drops.push({ id, taken: connection.taken });
        this.#bytesPut = connection.taken + outbound.bytes;
        return;
      case "control":
        if (outbound.blocked) this.#overtaking.push(mark);
        outbound.send(FrameType.Pong, 0, id, payload);
        return this.#note(this.#control, id, size);
      case "application":
        outbound.send(FrameType.Response, 0, id, payload);
        return this.#note(this.#application, id, size);
      case "shared":
        if (outbound.push(encodeFrame(FrameType.Broadcast, 0, id, payload))) {
          return this.#note(this.#application, id, size);
        }
        assert(outbound.blocked && outbound.bytes + 13 + size > BYTES_MAX, "refused without need");
    }
  }

  check(): void {
    const { outbound, connection } = this;
    assert.equal(outbound.bytesSent, connection.taken);
    assert.equal(outbound.isEmpty, connection.taken === this.#bytesPut);
    assert(outbound.bytes <= this.#bytesPut - connection.taken);
  }

  finish(): void {
    this.connection.room = Infinity;
    this.outbound.unblock();
    this.outbound.flush();
    this.check();
    assert(this.outbound.isEmpty);
    const { frames, result, heldBytes } = decodeSimply(this.connection.wire(), 2 ** 24);
    assert.deepEqual([result, heldBytes], ["incomplete", 0], "whole frames");
    const starts = new Map<number, number>();
    let start = 0;
    for (const { id, payload } of frames) {
      const byte = (Number(id) & 0xff).toString(16).padStart(2, "0");
      assert.equal(payload, byte.repeat(payload.length / 2));
      assert(!starts.has(Number(id)), "each frame once");
      starts.set(Number(id), start);
      start += 13 + payload.length / 2;
    }
    this.#checkOrder(starts);
  }

  #checkOrder(starts: ReadonlyMap<number, number>): void {
    const order = [...starts.keys()];
    const lane = (wanted: readonly number[]) => order.filter((id) => wanted.includes(id));
    assert.deepEqual(lane(this.#control), this.#control);
    const arrived = this.#application.filter((id) => starts.has(id));
    assert.deepEqual(lane(this.#application), arrived);
    for (const id of this.#application) {
      const drop = this.#drops.find((drop) => drop.id > id);
      const begun = starts.has(id) && (drop === undefined || starts.get(id)! < drop.taken);
      assert(begun === starts.has(id) && (begun || drop !== undefined), "dropped before it began");
    }
    for (const { id, taken } of this.#overtaking) {
      const before = arrived.filter((other) => starts.get(other)! < starts.get(id)!);
      assert(before.every((other) => starts.get(other)! < taken), "overtakes what has not begun");
    }
  }

  #note(lane: number[], id: number, size: number): void {
    lane.push(id);
    this.#bytesPut += 13 + size;
  }
}

const size = fc.oneof(
  { weight: 8, arbitrary: fc.nat(40) },
  { weight: 2, arbitrary: fc.integer({ min: 16_300, max: 16_400 }) },
  { weight: 1, arbitrary: fc.integer({ min: 50_000, max: 70_000 }) },
);
const puts = fc.constantFrom<Step["does"]>("control", "application", "application", "shared");
const others = fc.constantFrom<Step["does"]>("room", "room", "flush", "flush", "drop");
const step: fc.Arbitrary<Step> = fc.record({
  does: fc.oneof({ weight: 3, arbitrary: puts }, { weight: 2, arbitrary: others }),
  size,
});

test("queues that share a gather buffer send whole frames in order, control frames first", () => {
  const steps = fc.array(fc.tuple(fc.nat(2), step), { maxLength: 120, size: "max" });
  fc.assert(
    fc.property(steps, (steps) => {
      const gather = new Gather();
      const queues = [new Queue(gather), new Queue(gather), new Queue(gather)];
      steps.forEach(([index, step], id) => {
        queues[index]!.take(step, id);
        for (const queue of queues) queue.check();
      });
      // The end of the turn: everybody is flushed, so that nobody holds the gather buffer.
      for (const queue of queues) queue.outbound.flush();
      for (const queue of queues) queue.finish();
      assert(gather.claim(queues), "nobody holds the gather buffer");
    }),
    { numRuns: 500 },
  );
});
