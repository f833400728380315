// A host for tests: arguments, environment and files are given, output is kept. It has no sockets and no time.

import type { Host } from "../../src/transport/host.ts";

/** What the host is to find. */
export interface FakeHostOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
}

/** A host with what was written to it. */
export interface FakeHost {
  readonly host: Host;
  readonly output: { stdout: string; stderr: string };
}

/** Makes one. What is not told here throws when it is used. */
export function fakeHost({ args = [], env = {}, files = {} }: FakeHostOptions = {}): FakeHost {
  const output = { stdout: "", stderr: "" };
  const host: Host = {
    runtime: "fake 1.0.0",
    args,
    facts: {
      backlog: 512,
      idleServerBytes: 50 * 2 ** 20,
      idleSessionBytes: 4096,
      workerBytes: 10 * 2 ** 20,
    },
    isTerminal: false,
    terminal: () => undefined,
    onKeys: () => absent("onKeys"),
    isInputTerminal: false,
    input: () => absent("input"),
    descriptorsFree: () => absent("descriptorsFree"),
    get clock(): never {
      return absent("clock");
    },
    randomBytes: () => absent("randomBytes"),
    digest: () => absent("digest"),
    memoryBytes: () => 2 ** 30,
    hostName: () => "fake-host",
    env(name) {
      if (!name.startsWith("TCP_SERVER_")) throw new Error(`Variable not permitted: ${name}`);
      return Object.hasOwn(env, name) ? env[name] : undefined;
    },
    readTextFile(path) {
      if (!Object.hasOwn(files, path)) throw new Error("No such file");
      return files[path]!;
    },
    importFile: () => absent("importFile"),
    onStrayRejection: () => absent("onStrayRejection"),
    writeTextFile: () => absent("writeTextFile"),
    createPrivateFile: () => absent("createPrivateFile"),
    processUsage: () => absent("processUsage"),
    serveHttp: () => absent("serveHttp"),
    stdout(text) {
      output.stdout += text;
      return true;
    },
    stderr(text) {
      output.stderr += text;
      return true;
    },
    processors: 2,
    startWorker: () => absent("startWorker"),
    supervisor: null,
    onSignal: () => absent("onSignal"),
    exit: () => absent("exit"),
    transport: () => absent("transport"),
  };
  return { host, output };
}

function absent(what: string): never {
  throw new Error(`The fake host has no ${what}`);
}
