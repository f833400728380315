// `bench` as a command: what it refuses, and what it prints, against a server on the simulated network.

import assert from "node:assert/strict";
import { test } from "node:test";
import { runCli } from "../../../../src/cli/run.ts";
import type { Host } from "../../../../src/transport/host.ts";
import { fakeHost } from "../../fake_host.ts";
import { Stage } from "../../server/stage.ts";

const never = {
  serve: () => assert.fail("nothing is served"),
  fetch: () => assert.fail("nothing is fetched"),
};

/** A host on the network of `stage`. */
function hostOn(stage: Stage, args: readonly string[], more: Partial<Host> = {}) {
  const { host, output } = fakeHost({ args });
  const machine = {
    clock: stage.world.clock,
    transport: () => stage.transport,
    randomBytes: (length: number) => new Uint8Array(length).fill(7),
    onSignal: () => {},
    ...more,
  };
  return {
    output,
    host: Object.create(
      host,
      Object.fromEntries(Object.entries(machine).map(([name, value]) => [name, { value }])),
    ) as Host,
  };
}

async function run(stage: Stage, args: readonly string[], more?: Partial<Host>) {
  const { host, output } = hostOn(stage, ["bench", ...args], more);
  let code: number | undefined;
  void runCli(host, { commit: "", target: "" }, never).then((result) => (code = result));
  for (let turns = 0; code === undefined && turns < 100_000; turns++) {
    stage.world.step();
    await Promise.resolve();
  }
  return { code, ...output };
}

test("a load test of another machine is refused, until somebody says that it may be", async () => {
  for (const to of ["10.0.0.7:9000", "example.org:9000", "[2001:db8::1]:9000", "0.0.0.0:9000"]) {
    const { code, stdout, stderr } = await run(new Stage(), ["echo", "--to", to]);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.ok(stderr.startsWith(`"${to}" is another machine: `), stderr);
  }
  const { code, stderr } = await run(new Stage(), ["echo", "--to", "10.0.0.7:1", "--yes"]);
  assert.equal(code, 1);
  assert.equal(stderr, "Loading another machine: 10.0.0.7:1\n");
});

test("this machine may be loaded, whatever it is called", async () => {
  const stage = new Stage();
  const { port } = stage.address;
  for (const to of [`127.0.0.1:${port}`, `${port}`]) {
    const { code, stderr } = await run(stage, ["storm", "--conns", "2", "--to", to]);
    assert.deepEqual([code, stderr], [0, ""]);
  }
});

test("numbers out of their bounds, and what a load does not have, are told in a line", async () => {
  const cases = [
    ["eco", 'No load is called "eco", there are: echo, fanout, idle, storm'],
    ["echo --conns 0", '--conns: "0", allowed: an integer from 1 to 20000'],
    ["echo --conns 20001", '--conns: "20001", allowed: an integer from 1 to 20000'],
    ["echo --depth 1025", '--depth: "1025", allowed: an integer from 1 to 1024'],
    ["echo --payload 2MiB", '--payload: "2MiB", allowed: an integer from 8 to 1048576'],
    ["echo --seconds 1e3", '--seconds: "1e3", allowed: an integer from 1 to 3600'],
    ["idle --depth 3", '--depth: the load "idle" sends nothing, leave it out'],
    ["storm --payload 9", '--payload: the load "storm" sends nothing, leave it out'],
    ["echo --to nowhere", '--to: "nowhere", allowed: an address like "127.0.0.1:9000"'],
  ] as const;
  for (const [command, wanted] of cases) {
    const { code, stderr } = await run(new Stage(), command.split(" "));
    assert.deepEqual([code, stderr], [2, `${wanted}\n`], command);
  }
});

test("without a server named it brings one along, in this process where it can start no other", async () => {
  const stage = new Stage();
  const { host } = hostOn(stage, []);
  const { code, stdout } = await run(
    stage,
    "echo --conns 3 --depth 2 --payload 1KiB --seconds 1 --json".split(" "),
    { digest: () => new Uint8Array(32), memoryBytes: () => 2 ** 40, hostName: host.hostName },
  );
  assert.equal(code, 0);
  const report = JSON.parse(stdout);
  assert.deepEqual(Object.keys(report), FIELDS);
  assert.deepEqual(
    [report.workload, report.conns, report.depth, report.payload, report.server, report.memory],
    ["echo", 3, 2, 1024, "this process", null],
  );
  assert.deepEqual(Object.keys(report.latencyMs), ["p50", "p90", "p99", "p99.9", "max"]);
  assert.deepEqual([report.opened, report.errors, report.unanswered], [3, 0, 0]);
  assert.ok(report.messages > 100 && report.perSecond > 100);
});

const FIELDS = [
  "workload",
  "conns",
  "depth",
  "payload",
  "seconds",
  "target",
  "server",
  "interrupted",
  "opened",
  "failed",
  "lost",
  "openingMs",
  "runningMs",
  "messages",
  "perSecond",
  "unanswered",
  "errors",
  "errorsByName",
  "latencyMs",
  "memory",
];

test("a terminal sees one line that changes, and then the table; a pipe sees only the table", async () => {
  const args = (stage: Stage) => `echo --conns 2 --seconds 2 --to ${stage.address.port}`.split(" ");
  const stage = new Stage();
  const { stdout } = await run(stage, args(stage), {
    terminal: () => ({ columns: 60, rows: 24, hasColors: false }),
  });
  const [last, ...progress] = stdout.split("\r\x1b[K").reverse();
  assert.match(last!, /^load {9}echo: 2 connections, 16 in flight on each, 32 B payloads\n/);
  assert.ok(
    progress.some((line) =>
      /^echo {2}1 s of 2 s {2}2 of 2 connections {2}[\d ]+\/s {2}p99 2 ms$/.test(line)
    ),
    progress.join("\n"),
  );
  const piped = new Stage();
  const quiet = await run(piped, args(piped));
  assert.doesNotMatch(quiet.stdout, /(?!\n)\p{Cc}/u);
  assert.match(
    quiet.stdout,
    /\nlatency {6}p50 2 ms {2}p90 2 ms {2}p99 2 ms {2}p99\.9 2 ms {2}max 2 ms\n$/,
  );
});

test("a signal ends it early: what was found out so far is printed, with exit code 1", async () => {
  const stage = new Stage();
  const args = `echo --seconds 3600 --conns 2 --to ${stage.address.port}`.split(" ");
  const { code, stdout } = await run(stage, args, {
    // Half a second after it began.
    onSignal: (signal, callback) => {
      if (signal === "SIGINT") stage.world.clock.schedule(500, callback);
    },
  });
  assert.equal(code, 1);
  assert.match(stdout, /^load .* payloads \(interrupted\)\n/);
  assert.match(stdout, /\nanswers +[\d ]+, [\d ]+ a second for \d+ ms\n/);
});
