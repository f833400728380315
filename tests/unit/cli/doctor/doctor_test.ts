// `doctor` on machines that are told: what is enough, what is not, and what it says to change.

import assert from "node:assert/strict";
import { test } from "node:test";
import { runCli } from "../../../../src/cli/run.ts";
import type { Host } from "../../../../src/transport/host.ts";
import type { Transport } from "../../../../src/transport/transport.ts";
import { fakeHost } from "../../fake_host.ts";

const LINUX: Readonly<Record<string, string>> = {
  "/proc/self/limits":
    "Limit                     Soft Limit           Hard Limit           Units     \n" +
    "Max processes             96365                96365                processes \n" +
    "Max open files            1024                 524288               files     \n",
  "/proc/sys/fs/nr_open": "1048576\n",
  "/proc/sys/fs/file-max": "9223372036854775807\n",
  "/proc/sys/net/core/somaxconn": "4096\n",
  "/proc/sys/net/ipv4/ip_local_port_range": "32768\t60999\n",
  "/proc/sys/net/ipv4/ip_local_reserved_ports": "\n",
  "/proc/sys/net/ipv4/tcp_mem": "287901\t383869\t575802\n",
};

const NEVER = {
  serve: () => assert.fail("nothing is served"),
  fetch: () => assert.fail("nothing is fetched"),
};

interface Given {
  readonly files?: Readonly<Record<string, string>>;
  readonly memoryBytes?: number;
  readonly descriptorsFree?: Host["descriptorsFree"];
  /** What listening fails with. */
  readonly busy?: Error & { code?: string };
}

async function doctor(args: string, given: Given = {}) {
  const { host, output } = fakeHost({
    args: ["doctor", ...args.split(" ").filter(Boolean)],
    files: { ...LINUX, ...given.files },
  });
  const tried: string[] = [];
  const transport: Transport = {
    listen(address) {
      tried.push(`${address.host}:${address.port}`);
      if (given.busy !== undefined) throw new Error("Cannot listen", { cause: given.busy });
      return { address, close: () => void tried.push("closed") };
    },
    connect: () => assert.fail("nothing is connected"),
  };
  const machine: Host = Object.create(host, {
    memoryBytes: { value: () => given.memoryBytes ?? 8 * 2 ** 30 },
    descriptorsFree: { value: given.descriptorsFree ?? host.descriptorsFree },
    transport: { value: () => transport },
  });
  const code = await runCli(machine, { commit: "", target: "" }, NEVER);
  return { code, tried, ...output };
}

// The line of a check, and what it says to change.
function part(stdout: string, name: string): string[] {
  const lines = stdout.split("\n");
  const first = lines.findIndex((line) => line.slice(9).startsWith(`${name} `));
  assert.ok(first >= 0, stdout);
  const cures = lines.slice(first + 1);
  const end = cures.findIndex((line) => !line.startsWith(" ".repeat(23)));
  return [lines[first]!, ...cures.slice(0, end).map((line) => line.trim())];
}

test("a machine with room for max_connections is told so, with 0", async () => {
  const { code, stdout, stderr, tried } = await doctor("--max-connections 900 --no-admin");
  assert.deepEqual([code, stderr], [0, ""]);
  assert.match(stdout, /^tcp-server \S+ on fake 1\.0\.0, max_connections = 900\n\n/);
  assert.match(stdout, /\n\nRoom for 924 sessions: enough for max_connections = 900\n$/);
  assert.doesNotMatch(stdout, /FAILED|warning|unknown/);
  assert.ok(!stdout.includes("\x1b"));
  assert.deepEqual(tried, ["0.0.0.0:9000", "closed"]);
});

test("too few descriptors are a failure that names the lines to change, with 1", async () => {
  const { code, stdout } = await doctor("--max-connections 10000");
  assert.equal(code, 1);
  assert.deepEqual(part(stdout, "descriptors"), [
    "FAILED   descriptors   1 024 as started here: room for 924 sessions",
    "in the systemd unit: LimitNOFILE=10100",
    "of a container: --ulimit nofile=10100",
    "in this shell: ulimit -n 10100",
  ]);
  assert.match(stdout, /Change what failed, or set max_connections = 924\n$/);
});

test("limits of the whole machine come first among what is to change", async () => {
  const { stdout } = await doctor("--max-connections 1000000", {
    files: { "/proc/sys/fs/nr_open": "65536", "/proc/sys/fs/file-max": "100000" },
    memoryBytes: 2 ** 40,
  });
  assert.deepEqual(part(stdout, "descriptors").slice(1), [
    "sysctl -w fs.file-max=1000100",
    "sysctl -w fs.nr_open=1000100",
    "in the systemd unit: LimitNOFILE=1000100",
    "of a container: --ulimit nofile=1000100",
    "in a root shell: ulimit -n 1000100",
  ]);
});

test("descriptors without a limit are room for any number of sessions", async () => {
  const { code, stdout } = await doctor("", {
    files: {
      "/proc/self/limits": "Max open files            unlimited            unlimited   files\n",
    },
  });
  assert.equal(code, 0);
  assert.deepEqual(part(stdout, "descriptors"), [
    "ok       descriptors   no limit as started here",
  ]);
});

test("where the limit cannot be read, descriptors are counted and the reason is told", async () => {
  for (const [free, code] of [[10_100, 0], [10_099, 1]] as const) {
    const asked: number[] = [];
    const { host, output } = fakeHost({ args: ["doctor", "--port", "0", "--no-admin"], files: {} });
    const machine: Host = Object.create(host, {
      memoryBytes: { value: () => 8 * 2 ** 30 },
      descriptorsFree: { value: (wanted: number) => (asked.push(wanted), free) },
      transport: { value: () => ({}) },
    });
    assert.equal(await runCli(machine, { commit: "", target: "" }, NEVER), code);
    assert.deepEqual(asked, [10_100]);
    assert.match(output.stdout, /\n\nNot all could be read: No such file\n\n/);
    assert.match(output.stdout, /^unknown {2}backlog /m);
    assert.match(output.stdout, /^unknown {2}ports out /m);
  }
});

test("memory is what budgets and the program itself leave", async () => {
  // Half of 150 MiB, without the 50 MiB of the fake runtime, holds 25 MiB / 8 KiB = 3 200 sessions.
  const given = { memoryBytes: 150 * 2 ** 20 };
  const enough = await doctor("--max-connections 900", given);
  assert.match(enough.stdout, /^ok {7}memory .*150 MiB, 50 % of it .* 3 200 idle sessions$/m);
  const { code, stdout } = await doctor("--max-connections 10000", given);
  assert.equal(code, 1);
  assert.deepEqual(part(stdout, "memory").slice(1), [
    "give it at least 256 MiB (MemoryMax=, --memory)",
    "or lower outbound.bytes_budget and limits.inbound_bytes_budget",
  ]);
});

test("each of several workers takes memory and descriptors, and has a backlog of its own", async () => {
  // As above, less 10 MiB for each of two workers: 5 MiB / 8 KiB = 640 sessions.
  const given = { memoryBytes: 150 * 2 ** 20 };
  const { code, stdout } = await doctor("--max-connections 900 --workers 2", given);
  assert.equal(code, 1);
  assert.deepEqual(part(stdout, "workers"), ["ok       workers       2 on 2 processors"]);
  assert.match(part(stdout, "descriptors")[0]!, / room for 908 sessions$/);
  assert.deepEqual(part(stdout, "memory"), [
    "FAILED   memory        150 MiB, 50 % of it for budgets, 20 MiB for workers: room for 640 idle sessions",
    "give it at least 154 MiB (MemoryMax=, --memory)",
    "or lower outbound.bytes_budget and limits.inbound_bytes_budget",
    "or take fewer workers: each adds 10 MiB",
  ]);
  assert.match(part(stdout, "backlog")[0]!, / 512 connections .* by each of the 2 workers$/);
});

test("one worker for each processor is told as their number, and one alone as none", async () => {
  const auto = JSON.parse((await doctor("--workers auto --json")).stdout);
  assert.deepEqual([auto.workers, auto.checks[0].text], [2, "2 on 2 processors"]);
  const one = JSON.parse((await doctor("--workers 1 --json")).stdout);
  assert.deepEqual([one.workers, one.checks[0].name], [1, "descriptors"]);
});

test("more workers than processors are a warning", async () => {
  const { code, stdout } = await doctor("--max-connections 800 --workers 3");
  assert.equal(code, 0);
  assert.deepEqual(part(stdout, "workers"), [
    "warning  workers       3 on 2 processors, so that some wait while others run",
    "workers = 2",
  ]);
});

test("a clamped backlog, a port that others may get, and little TCP memory are warnings", async () => {
  const { code, stdout } = await doctor("--max-connections 900 --port 40000", {
    files: {
      "/proc/sys/net/core/somaxconn": "128",
      "/proc/sys/net/ipv4/tcp_mem": "100 200 300",
      "/proc/sys/net/netfilter/nf_conntrack_max": "500",
    },
  });
  assert.equal(code, 0);
  assert.deepEqual(part(stdout, "backlog"), [
    "warning  backlog       128 connections that come at once wait to be accepted",
    "sysctl -w net.core.somaxconn=512",
  ]);
  assert.deepEqual(part(stdout, "ports out").slice(1), [
    "sysctl -w net.ipv4.ip_local_reserved_ports=40000",
  ]);
  assert.deepEqual(part(stdout, "tcp memory").slice(1), [
    'sysctl -w net.ipv4.tcp_mem="1800 2400 3600"',
  ]);
  assert.deepEqual(part(stdout, "conntrack").slice(1), [
    "sysctl -w net.netfilter.nf_conntrack_max=1800",
  ]);
});

test("a reserved port is not one that others may get", async () => {
  const { stdout } = await doctor("--max-connections 900 --port 40000", {
    files: { "/proc/sys/net/ipv4/ip_local_reserved_ports": "8080,39000-41000" },
  });
  assert.match(stdout, /^ok {7}ports out {5}32768 to 60999: 28 232 connections /m);
});

test("a port in use is a warning, because it may be this server that uses it", async () => {
  const busy = Object.assign(new Error("in use"), { code: "EADDRINUSE" });
  const { code, stdout } = await doctor("--max-connections 900 --host 127.0.0.1", { busy });
  assert.equal(code, 0);
  assert.deepEqual(part(stdout, "port"), [
    "warning  port          127.0.0.1:9000 is in use: by this server, if it runs, or by another program",
    "who it is: ss -ltnp 'sport = :9000'",
  ]);
});

test("a port that cannot be had for another reason is a failure", async () => {
  const busy = Object.assign(new Error("not permitted"), { code: "EACCES" });
  const { code, stdout } = await doctor("--max-connections 900 --port 80", { busy });
  assert.equal(code, 1);
  assert.deepEqual(part(stdout, "port"), [
    "FAILED   port          0.0.0.0:80 cannot be had: not permitted (EACCES)",
    "in the systemd unit: AmbientCapabilities=CAP_NET_BIND_SERVICE",
  ]);
  assert.match(stdout, /\nRoom for 924 sessions: enough for .* = 900\. Change what failed\n$/);
});

test("the ports of the admin API and of metrics are tried where they are on", async () => {
  const { tried } = await doctor("--max-connections 900 --metrics-port 9999");
  assert.deepEqual(tried.filter((address) => address !== "closed"), [
    "0.0.0.0:9000",
    "127.0.0.1:9101",
    "0.0.0.0:9999",
  ]);
});

test("an admin port that nobody asked for is no reason not to start", async () => {
  const busy = Object.assign(new Error("not here"), { code: "EADDRNOTAVAIL" });
  const byDefault = await doctor("--max-connections 900 --port 0", { busy });
  assert.deepEqual([byDefault.code, part(byDefault.stdout, "admin port").length], [0, 1]);
  assert.match(byDefault.stdout, /^warning {2}admin port {4}127\.0\.0\.1:9101 cannot be had/m);
  const set = await doctor("--max-connections 900 --port 0 --admin-port 9101", { busy });
  assert.equal(set.code, 1);
  assert.match(set.stdout, /^FAILED {3}admin port {4}127\.0\.0\.1:9101 cannot be had/m);
});

test("--json is the same as one value", async () => {
  const { code, stdout } = await doctor("--json");
  const { ok, sessions, maxConnections, checks } = JSON.parse(stdout);
  assert.deepEqual([code, ok, sessions, maxConnections], [1, false, 924, 10_000]);
  assert.equal(checks[0].name, "descriptors");
  assert.equal(checks[0].status, "failed");
  assert.ok(checks[0].cures.includes("in the systemd unit: LimitNOFILE=10100"));
});

test("a wrong configuration is told as serve tells it, with 2", async () => {
  const { code, stdout, stderr } = await doctor("--max-connections 0");
  assert.deepEqual([code, stdout], [2, ""]);
  assert.match(stderr, /^--max-connections: max_connections: 0, allowed: /);
});
