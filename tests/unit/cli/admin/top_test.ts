// `top`: what a picture holds, and that it leaves the terminal as it was.

import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { test } from "node:test";
import type { Host, Signal } from "../../../../src/transport/host.ts";
import type { Clock } from "../../../../src/transport/transport.ts";
import { type Asked, run, type Scripted, session, terminal } from "./stage.ts";

function server(changes: object = {}) {
  return {
    version: "0.1.0",
    runtime: "bun 1.4.5",
    node: "here",
    state: "running",
    uptimeMs: 10_000,
    sessions: { total: 9812, connecting: 2, active: 9000, idle: 810 },
    counts: {
      accepted: 100,
      closed: { "stale,server": 20, "normal,peer": 30 },
      framesReceived: { Request: 1000, Ping: 0 },
      framesSent: { Response: 2000 },
      bytesReceived: 10_240,
      bytesSent: 20_480,
    },
    memory: { residentBytes: 2 ** 26, outboundBytes: 2048, outboundBudgetBytes: 2 ** 30 },
    eventLoopLagMs: 3,
    headroom: 188,
    limits: { maxConnections: 10_000 },
    workers: [worker(0)],
    ...changes,
  };
}

function worker(node: number, changes: object = {}) {
  return { node, state: "running", sessions: 4906, eventLoopLagMs: 3, restarts: 0, ...changes };
}

function script(state: object = server()): (asked: Asked) => Scripted {
  return ({ path }) =>
    path === "/api/v1/server"
      ? { json: state }
      : { json: { items: [session(1), session(2)], nextCursor: null } };
}

/** A host whose keys, signals and time the test gives. */
function hands() {
  let press: (keys: string) => void = () => assert.fail("nobody listens for keys");
  let pass: (() => void) | null = null;
  const signals = new Map<Signal, () => void>();
  let isListening = false;
  const clock: Clock = {
    now: () => 0,
    schedule(delayMs, callback) {
      assert.equal(delayMs, 1000);
      pass = callback;
      paused.resolve();
      return () => void (pass = null);
    },
    afterIo: () => assert.fail("nothing waits for sockets"),
  };
  let paused = Promise.withResolvers<void>();
  const host: Partial<Host> = {
    clock,
    onSignal: (signal, callback) => void signals.set(signal, callback),
    onKeys(callback) {
      press = callback;
      isListening = true;
      return () => void (isListening = false);
    },
  };
  return {
    host,
    press: (keys: string) => press(keys),
    signal: (name: Signal) => signals.get(name)!(),
    get isListening() {
      return isListening;
    },
    /** Waits until a picture is drawn and the next one is waited for. */
    async drawn() {
      await paused.promise;
      paused = Promise.withResolvers();
    },
    second() {
      pass!();
    },
  };
}

test("--once prints one picture and asks for as many sessions as it shows", async () => {
  const { code, asked, stdout } = await run(["top", "--once", "--user", "ann"], {
    script: script(),
  });
  assert.equal(code, 0);
  assert.deepEqual(asked.map(({ path }) => path), [
    "/api/v1/server",
    "/api/v1/sessions?user=ann&sort=-queuedBytes&limit=20",
  ]);
  const [title, sessions, comeAndGo, frames, memory, blank, header, ...rows] = stdout.split("\n");
  assert.equal(title, "tcp-server 0.1.0 (bun 1.4.5) on here, running for 10 s");
  assert.equal(
    sessions,
    "sessions     9 812 of 10 000, room for 188: 9 000 active, 810 idle, 2 connecting",
  );
  assert.equal(comeAndGo, "come and go  10/s accepted, 5/s ended");
  assert.equal(frames, "frames       100/s in, 200/s out; 1 KiB/s in, 2 KiB/s out");
  assert.equal(
    memory,
    "memory       64 MiB resident; 2 KiB of 1 GiB queued; event loop late by 3 ms",
  );
  assert.equal(blank, "");
  assert.match(header!, /^SESSION +USER /);
  assert.equal(rows.length, 3);
});

test("where there is no terminal it is one picture too, and --json has no picture", async () => {
  assert.match((await run(["top"], { script: script() })).stdout, /^tcp-server 0\.1\.0 /);
  const { stdout } = await run(["top", "--json"], {
    script: script(),
    terminal: terminal(80),
  });
  assert.equal(JSON.parse(stdout).sessions.length, 2);
});

test("several workers have a row each, those that are down too", async () => {
  const down = { state: "down", sessions: null, eventLoopLagMs: null, restarts: 2 };
  const { stdout } = await run(["top", "--once"], {
    script: script(server({ workers: [worker(1), worker(2, down)] })),
  });
  const lines = stdout.split("\n");
  assert.deepEqual(lines.slice(5, 10), [
    "",
    "WORKER  STATE    SESSIONS  LATE BY  RESTARTS",
    "     1  running     4 906     3 ms         0",
    "     2  down            -        -         2",
    "",
  ]);
  assert.match(lines[10]!, /^SESSION +USER /);
});

test("many workers leave room for sessions: those in trouble are shown, then those that are late", async () => {
  const hand = hands();
  const workers = Array.from({ length: 20 }, (_, i) => worker(i + 1, { eventLoopLagMs: i }));
  workers[6]!.state = "silent";
  const running = run(["top"], {
    script: script(server({ workers })),
    terminal: terminal(80, 15),
    host: hand.host,
  });
  await hand.drawn();
  hand.press("q");
  const lines = stripVTControlCharacters((await running).stdout).split("\r\n");
  assert.equal(lines.length, 15);
  const numbers = lines.slice(7, 12).map((line) => line.split(/ +/).slice(1, 3));
  assert.deepEqual(numbers, [
    ["7", "silent"],
    ["20", "running"],
    ["19", "running"],
    ["18", "running"],
    ["17", "running"],
  ]);
  assert.equal(lines[12], "and 15 more");
});

test("a server that is older than this program tells of no workers", async () => {
  const { stdout } = await run(["top"], { script: script(server({ workers: undefined })) });
  assert.match(stdout.split("\n")[6]!, /^SESSION +USER /);
});

test("a worker that did not answer is told once, behind the picture; while it is live the picture tells", async () => {
  const headers = { "x-workers-missing": "2" };
  const missing = (asked: Asked) => ({ ...script()(asked), headers });
  const once = await run(["top"], { script: missing });
  assert.deepEqual([once.code, once.stderr], [0, "Worker 2 did not answer\n"]);
  const hand = hands();
  const running = run(["top"], { script: missing, terminal: terminal(80), host: hand.host });
  await hand.drawn();
  hand.press("q");
  assert.equal((await running).stderr, "");
});

test("pictures follow each other every second, and rates are those of the time in between", async () => {
  const hand = hands();
  let state = server();
  const running = run(["top"], {
    script: (asked) => script(state)(asked),
    terminal: terminal(80),
    host: hand.host,
  });
  await hand.drawn();
  state = server({ uptimeMs: 12_000, counts: { ...state.counts, accepted: 104 } });
  hand.second();
  await hand.drawn();
  hand.press("q");
  const { code, stdout } = await running;
  assert.equal(code, 0);
  const pictures = stdout.split("\x1b[H").slice(1).map(stripVTControlCharacters);
  assert.equal(pictures.length, 2);
  assert.match(pictures[0]!, /come and go {2}10\/s accepted, 5\/s ended/);
  assert.match(pictures[1]!, /come and go {2}2\/s accepted, 0\/s ended/);
});

test("q, Escape, Ctrl-C and signals leave, and the terminal is as before", async () => {
  for (const leave of ["q", "\x1b", "\x03", "SIGTERM", "SIGHUP"] as const) {
    const hand = hands();
    const running = run(["top"], {
      script: script(),
      terminal: terminal(80),
      host: hand.host,
    });
    await hand.drawn();
    assert.ok(hand.isListening);
    if (leave === "SIGTERM" || leave === "SIGHUP") hand.signal(leave);
    else hand.press(leave);
    const { code, stdout } = await running;
    assert.equal(code, 0);
    assert.ok(!hand.isListening);
    assert.ok(stdout.startsWith("\x1b[?1049h\x1b[?25l\x1b[H"));
    assert.ok(stdout.endsWith("\x1b[?25h\x1b[?1049l"));
  }
});

test("s sorts by the next field at once", async () => {
  const hand = hands();
  const running = run(["top", "--sort", "queued"], {
    script: script(),
    terminal: terminal(80),
    host: hand.host,
  });
  await hand.drawn();
  hand.press("s");
  await hand.drawn();
  hand.press("q");
  const { asked } = await running;
  const sorts = asked.flatMap(({ path }) => new URLSearchParams(path.split("?")[1]).get("sort"));
  assert.deepEqual(sorts.filter((sort) => sort !== null), ["-queuedBytes", "-rttMs"]);
});

test("a picture fits the terminal in both directions", async () => {
  const hand = hands();
  const items = Array.from({ length: 1000 }, (_, i) => session(i));
  const running = run(["top"], {
    script: ({ path }) => {
      if (path === "/api/v1/server") return { json: server() };
      const limit = Number(new URLSearchParams(path.split("?")[1]).get("limit"));
      return { json: { items: items.slice(0, limit), nextCursor: "more" } };
    },
    terminal: terminal(70, 15),
    host: hand.host,
  });
  await hand.drawn();
  hand.press("q");
  const { stdout } = await running;
  const lines = stripVTControlCharacters(stdout).split("\r\n");
  assert.equal(lines.length, 15);
  for (const line of lines) assert.ok(line.length <= 70, line);
  assert.match(lines.at(-1)!, /^by queued {3}s: sort by the next field {3}q: leave$/);
});

test("a server that does not answer is tried again, one that refuses ends it", async () => {
  const hand = hands();
  let isAway = true;
  const running = run(["top"], {
    script: (asked) => isAway ? new TypeError("Connection refused") : script()(asked),
    terminal: terminal(100),
    host: hand.host,
  });
  await hand.drawn();
  isAway = false;
  hand.second();
  await hand.drawn();
  hand.press("q");
  const { code, stdout } = await running;
  assert.equal(code, 0);
  const [first, second] = stdout.split("\x1b[H").slice(1).map(stripVTControlCharacters);
  assert.match(first!, /^Cannot reach the admin API at .*\r\nTrying again every second/);
  assert.match(second!, /^tcp-server 0\.1\.0 /);

  const error = { code: "unauthorized", message: "This is not the token" };
  const refused = await run(["top"], {
    script: () => ({ status: 401, json: { error } }),
    terminal: terminal(100),
    host: hands().host,
  });
  assert.equal(refused.code, 1);
  assert.ok(refused.stdout.endsWith("\x1b[?1049l"));
  assert.match(refused.stderr, /^The server refuses the token /);
});
