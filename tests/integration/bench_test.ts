// `tcp-server bench`, the program: every load for a second with few connections, with a server of its own and a given one.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Program, programUnderTest, runProgram } from "./program.ts";
import { startServer } from "./running_server.ts";
import { HAS_TERMINAL, Terminal } from "./terminal.ts";

const LOADS = {
  echo: ["--conns", "4", "--depth", "2", "--payload", "64"],
  fanout: ["--conns", "4", "--depth", "2", "--payload", "64"],
  idle: ["--conns", "4"],
  storm: ["--conns", "4"],
} as const;

/** Fields that are numbers in every report. */
const NUMBERS = [
  "conns",
  "seconds",
  "opened",
  "failed",
  "lost",
  "openingMs",
  "runningMs",
  "messages",
  "perSecond",
  "unanswered",
  "errors",
];

for (const [workload, options] of Object.entries(LOADS)) {
  test(`${workload} brings its own server, and reports every field`, async (t) => {
    const args = ["bench", workload, ...options, "--seconds", "1", "--json"];
    const { exit, stdout, stderr } = await runProgram(t, args);
    assert.deepEqual([exit, stderr], [0, ""]);
    const report = JSON.parse(stdout);
    for (const name of NUMBERS) assert.equal(typeof report[name], "number", name);
    assert.deepEqual([report.workload, report.opened, report.errorsByName], [workload, 4, {}]);
    assert.ok(report.messages >= 4);
    const { p50, p90, p99, "p99.9": p999, max } = report.latencyMs;
    assert.ok(0 < p50 && p50 <= p90 && p90 <= p99 && p99 <= p999 && p999 <= max);
    assert.ok(["child process", "this process"].includes(report.server));
    assert.match(report.target, /^127\.0\.0\.1:\d+$/);
    // Linux tells the memory of another process, where there is one.
    if (report.memory !== null) assert.ok(report.memory.before > 1e6);
    assert.equal(report.interrupted, false);
  });
}

test("a given server is loaded, and left as it was", async (t) => {
  const { port, log } = await startServer(t);
  const args = ["bench", "echo", "--to", `${port}`, "--conns", "3", "--seconds", "1"];
  const { exit, stdout, stderr } = await runProgram(t, args);
  assert.deepEqual([exit, stderr], [0, ""]);
  assert.match(stdout, /^load {9}echo: 3 connections, 16 in flight on each, 32 B payloads\n/);
  assert.match(stdout, /\nanswers +\d[\d ]*, \d[\d ]* a second for 1(\.\d)? s\nerrors +none\n/);
  assert.match(stdout, /\nlatency +p50 .* p90 .* p99 .* p99\.9 .* max .*\n$/);
  const ends = () => log.lines.filter(({ event }) => event === "session ended");
  await log.first("session ended");
  assert.ok(ends().every(({ name }) => name === "normal"));
});

test("a signal ends a load early: what it found is printed, with exit code 1", async (t) => {
  const { port, log } = await startServer(t);
  const args = ["bench", "idle", "--to", `${port}`, "--conns", "2", "--seconds", "3600"];
  const program = new Program(t, [...programUnderTest(), ...args]);
  await log.first("session opened");
  program.signal("SIGINT");
  assert.equal(await program.exited(), 1);
  assert.match(program.stdout, /^load +idle: 2 connections \(interrupted\)\n/);
});

test("a terminal sees how it goes", { skip: !HAS_TERMINAL }, async (t) => {
  const args = ["bench", "echo", "--conns", "2", "--seconds", "2"];
  const terminal = new Terminal(t, [...programUnderTest(), ...args]);
  await terminal.shows("echo  1 s of 2 s  2 of 2 connections  ");
  await terminal.shows("/s  p99 ");
  await terminal.shows("latency ");
  assert.equal(await terminal.exited(), 0);
});

test("Ctrl-C ends the load, and its server only after it", { skip: !HAS_TERMINAL }, async (t) => {
  const args = ["bench", "echo", "--conns", "2", "--seconds", "60"];
  const terminal = new Terminal(t, [...programUnderTest(), ...args]);
  await terminal.shows("echo  1 s of 60 s  ");
  terminal.type("\x03");
  await terminal.shows("(interrupted)");
  await terminal.shows("errors       none");
  assert.equal(await terminal.exited(), 1);
});

test("another machine is not loaded unless somebody says that it may be", async (t) => {
  const { exit, stdout, stderr } = await runProgram(t, ["bench", "echo", "--to", "192.0.2.1:9000"]);
  assert.deepEqual([exit, stdout], [2, ""]);
  assert.match(stderr, /^"192\.0\.2\.1:9000" is another machine: .* Add "--yes" /);
});
