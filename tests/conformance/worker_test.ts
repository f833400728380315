// Workers on the runtime that runs this: messages, and every way in which a thread ends.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Seats } from "../../src/runtime/seats.ts";
import { supervisorOfThread } from "../../src/runtime/supervisor.ts";
import { END, startWorker } from "./workers.ts";

/** Longer than a thread takes for anything here. */
const GUARD = { timeout: 20_000 };

test("the main thread has no supervisor", () => {
  assert.equal(supervisorOfThread(), null);
});

test("a worker answers with structured clones", GUARD, async (t) => {
  const worker = startWorker(t);
  const what = {
    text: "é",
    bytes: [new Uint8Array([1, 2]), new Uint8Array()],
    map: new Map([[1, null]]),
  };
  assert.deepEqual(await worker.ask({ do: "echo", what }), what);
});

test("a transferred buffer arrives whole and is gone here", GUARD, async (t) => {
  const worker = startWorker(t);
  const what = new Uint8Array(100_000).fill(7);
  const expected = what.slice();
  const answer = worker.ask({ do: "echo", what }, [what.buffer]);
  assert.equal(what.length, 0);
  assert.deepEqual(await answer, expected);
});

test("messages arrive in order, and the end after the last of them", GUARD, async (t) => {
  const worker = startWorker(t);
  const after = 2000;
  worker.thread.post({ do: "exit", code: 0, after });
  assert.equal(await worker.ended, null);
  assert.deepEqual(worker.heard, [...Array(after).keys(), END]);
});

test("a worker that leaves with another code than 0 has crashed", GUARD, async (t) => {
  const worker = startWorker(t);
  worker.thread.post({ do: "exit", code: 3, after: 0 });
  assert.equal(await worker.ended, "The thread left with code 3");
});

for (const [how, expected] of [["throw", "Thrown"], ["reject", "Rejected"]] as const) {
  test(`a worker in which something ${how}s crashes, and nobody else`, GUARD, async (t) => {
    const [worker, other] = [startWorker(t), startWorker(t)];
    worker.thread.post({ do: how });
    assert.match(await worker.ended ?? "", new RegExp(`${expected} in a worker`));
    worker.thread.post({ do: "echo", what: "nobody hears it" });
    assert.equal(await other.ask({ do: "echo", what: "still here" }), "still here");
    assert.equal(worker.heard.filter((message) => message === END).length, 1);
  });
}

test("a worker whose file cannot be run crashes", GUARD, async (t) => {
  const worker = startWorker(t, "./no_such_file.ts");
  assert.match(await worker.ended ?? "", /no_such_file/);
});

test(
  "a worker that is terminated ends without an error, also in an endless loop",
  GUARD,
  async (t) => {
    const worker = startWorker(t);
    await worker.ask({ do: "echo", what: 1 });
    worker.thread.post({ do: "spin" });
    worker.thread.terminate();
    worker.thread.terminate();
    assert.equal(await worker.ended, null);
  },
);

test("of threads that compete for one seat, only one ever holds it", GUARD, async (t) => {
  const seats = new Seats(Seats.make(2), 0);
  const holders = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const workers = [startWorker(t), startWorker(t)];
  for (const worker of workers) await worker.ask({ do: "echo", what: "ready" });
  const answers = await Promise.all(workers.map((worker, index) => {
    const node = index + 1;
    return worker.ask({ do: "compete", seats: seats.buffer, node, holders, times: 300_000 });
  })) as { taken: number; shared: number }[];
  // One of them may get nothing: while the other holds the seat, the system may let it wait.
  assert(answers.some(({ taken }) => taken > 0));
  for (const { shared } of answers) assert.equal(shared, 0);
  assert.equal(seats.taken, 0);
});
