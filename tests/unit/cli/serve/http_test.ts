// Opening the HTTP side of a server: what has to be had because somebody set it, and what may be done without.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type HttpPlatform, openAdmin } from "../../../../src/cli/serve/http.ts";
import type { KeyName } from "../../../../src/config/keys.ts";
import type { Log } from "../../../../src/observe/log.ts";
import type { HttpHandler } from "../../../../src/transport/http.ts";
import { Stage } from "../../server/stage.ts";

const TOKEN = "the-token-of-this-test";
const USAGE = { cpuUserSeconds: 0, cpuSystemSeconds: 0, residentBytes: 0, heapBytes: 0 };

interface Machine {
  /** What `admin.token` holds; an error: it cannot be read. */
  readonly token?: string | Error;
  /** Ports that are taken. */
  readonly taken?: readonly number[];
  readonly admin?: boolean;
  readonly metrics?: boolean;
  readonly set?: readonly KeyName[];
}

/** Opens it on a machine like that. */
async function open(
  { token = TOKEN, taken = [], admin = true, metrics = false, set = [] }: Machine,
) {
  const stage = new Stage();
  const lines: [level: string, event: string][] = [];
  const log: Log = (level, event) => void lines.push([level, event]);
  const served = new Map<number, HttpHandler>();
  const made: string[] = [];
  const host: HttpPlatform = {
    randomBytes: (length) => new Uint8Array(length),
    readTextFile() {
      if (token instanceof Error) throw token;
      return token;
    },
    createPrivateFile: (path, text) => void made.push(path, text),
    serveHttp(address, handle) {
      const what = `Cannot listen on ${address.host}:${address.port}`;
      if (taken.includes(address.port)) throw new Error(what, { cause: new Error("taken") });
      served.set(address.port, handle);
      return { address, close: () => Promise.resolve(void served.delete(address.port)) };
    },
  };
  const config = {
    admin: { enabled: admin, host: "127.0.0.1", port: 1, tokenFile: "admin.token" },
    metrics: { enabled: metrics, host: "0.0.0.0", port: 2 },
  };
  const result = await openAdmin(host, { config, set: new Set(set), log }, {
    app: stage.app,
    clock: stage.world.clock,
    log,
    about: { version: "1", commit: "c", target: "t", runtime: "r" },
    memoryBytes: 1000,
    usage: () => ({ ...USAGE, openDescriptors: null, maxDescriptors: null }),
    listening: () => stage.address,
    drain: () => {},
    reload: () => ({ applied: [], needsRestart: [] }),
  });
  async function status(port: number, path: string, bearer = TOKEN): Promise<number> {
    const request = new Request(`http://localhost${path}`, {
      headers: { authorization: `Bearer ${bearer}` },
    });
    return (await served.get(port)!(request, { host: "127.0.0.1", port: 3 })).status;
  }
  return { stage, result, served, made, status, log: lines };
}

const GONE = Object.assign(new Error("No such file"), { code: "ENOENT" });
const DENIED = Object.assign(new Error("Denied"), { code: "EACCES" });

test("with both on, each has its port, and closing gives back everything", async () => {
  const { stage, result, served, status, log } = await open({ metrics: true });
  assert.deepEqual(log, [["info", "metrics listening"], ["info", "admin listening"]]);
  assert.deepEqual([await status(1, "/api/v1/server"), await status(1, "/metrics")], [200, 200]);
  assert.deepEqual([await status(2, "/metrics"), await status(2, "/api/v1/server")], [200, 404]);
  assert.ok(typeof result === "function");
  await result();
  assert.deepEqual([served.size, stage.world.timers], [0, 0]);
});

test("a token file that is not there is made, with a token that opens the API", async () => {
  const { made: [path, text], status, log } = await open({ token: GONE });
  assert.equal(path, "admin.token");
  assert.match(text!, /^[\w-]{43}\n$/);
  assert.equal(await status(1, "/api/v1/server", text!.trim()), 200);
  assert.deepEqual(log, [["info", "admin token"], ["info", "admin listening"]]);
});

test("a default that cannot be had is a warning: the server does without", async () => {
  const port = await open({ taken: [1] });
  assert.equal(typeof port.result, "function");
  assert.deepEqual(port.log, [["warning", "cannot listen"]]);
  for (const token of [DENIED, "too short", `${TOKEN} of two words`]) {
    const file = await open({ token });
    assert.deepEqual(file.log, [["warning", "admin token"], ["info", "admin listening"]]);
    assert.equal(await file.status(1, "/healthz"), 200);
    assert.equal(await file.status(1, "/api/v1/server"), 401);
  }
});

test("what somebody set and cannot be had ends the program, with nothing left open", async () => {
  for (
    const [machine, code] of [
      [{ taken: [1], set: ["admin.port"] }, 3],
      [{ taken: [1], set: ["admin.host"], metrics: true }, 3],
      [{ token: DENIED, set: ["admin.token_file"] }, 2],
      [{ token: "", set: ["admin.token_file"], metrics: true }, 2],
      [{ taken: [2], metrics: true }, 3],
    ] as const
  ) {
    const { stage, result, served, log } = await open(machine);
    assert.deepEqual([result, served.size, stage.world.timers], [code, 0, 0]);
    assert.ok(log.some(([level]) => level === "fatal"));
  }
});
