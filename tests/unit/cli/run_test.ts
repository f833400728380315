// The commands from the outside: output, exit code, and what serve is called with.

import assert from "node:assert/strict";
import { test } from "node:test";
import packageJson from "../../../package.json" with { type: "json" };
import { commandOf, COMMANDS } from "../../../src/cli/commands.ts";
import { helpFor } from "../../../src/cli/help.ts";
import { runCli, type ServeOptions } from "../../../src/cli/run.ts";
import type { Config } from "../../../src/config/config.ts";
import { fakeHost, type FakeHostOptions } from "../fake_host.ts";

const BUILD = { commit: "1a2b3c4", target: "linux-x64" };
const HINT = 'Run "tcp-server --help" to see what there is\n';

/** Runs the program with a server that ends with `serveCode` at once. */
async function run(command: string, given: FakeHostOptions = {}, serveCode = 0) {
  const { host, output } = fakeHost({ args: command.split(" ").filter(Boolean), ...given });
  const served: { config: Config; options: ServeOptions }[] = [];
  const code = await runCli(host, BUILD, {
    serve: (servedHost, config, options, build) => {
      assert.equal(servedHost, host);
      assert.equal(build, BUILD);
      served.push({ config, options });
      return Promise.resolve(serveCode);
    },
    fetch: () => assert.fail("nothing is fetched"),
  });
  return { code, served, ...output };
}

test("serve is the default command and gets the configuration", async () => {
  for (const command of ["--port 7", "serve --port 7"]) {
    const { code, served, stdout, stderr } = await run(command);
    assert.deepEqual([code, stdout, stderr], [0, "", ""]);
    assert.equal(served.length, 1);
    assert.equal(served[0]!.config.port, 7);
    const { portFile, values, load } = served[0]!.options;
    assert.equal(portFile, undefined);
    assert.deepEqual(values.get("port"), { value: 7, from: "--port", isSet: true });
    assert.deepEqual(load(), { config: served[0]!.config, values });
  }
});

test("the exit code of serve is the exit code", async () => {
  for (const code of [0, 1, 3]) assert.equal((await run("serve", {}, code)).code, code);
});

test("the file for the port comes from the flag, else from the environment", async () => {
  const env = { TCP_SERVER_PORT_FILE: "b" };
  assert.equal((await run("--port-file a", { env })).served[0]!.options.portFile, "a");
  assert.equal((await run("", { env })).served[0]!.options.portFile, "b");
});

test("the configuration file comes from the flag, else from the environment", async () => {
  const given = {
    env: { TCP_SERVER_CONFIG: "b" },
    files: { a: "port = 1", b: "port = 2" },
  };
  assert.equal((await run("--config a", given)).served[0]!.config.port, 1);
  assert.equal((await run("", given)).served[0]!.config.port, 2);
});

test("a wrong configuration ends with 2 and all errors, before anything is served", async () => {
  const { code, served, stdout, stderr } = await run("--config a --workers 0 --port x", {
    files: { a: "prot = 1" },
  });
  assert.deepEqual([code, served.length, stdout], [2, 0, ""]);
  assert.equal(
    stderr,
    'a:1: prot: Unknown key, did you mean "port"?\n' +
      '--workers: workers: 0, allowed: an integer from 1 to 256, or "auto"\n' +
      '--port: port: "x", allowed: an integer from 0 to 65535\n',
  );
});

test("a file that is not there ends with 2", async () => {
  const { code, stderr } = await run("--config nope.toml");
  assert.equal(code, 2);
  assert.equal(stderr, "nope.toml: Cannot read the configuration file: No such file\n");
});

test("wrong usage ends with 2 and tells where help is", async () => {
  const { code, stdout, stderr } = await run("--prot 1");
  assert.deepEqual([code, stdout], [2, ""]);
  assert.equal(stderr, `Unknown option "--prot", did you mean "--port"?\n${HINT}`);
});

test("check-config says ok, or every error with 2", async () => {
  const files = { good: "port = 1", bad: "port = -1\nx = 1" };
  assert.deepEqual(await run("check-config good", { files }), {
    code: 0,
    served: [],
    stdout: "good: ok\n",
    stderr: "",
  });
  assert.deepEqual(await run("check-config bad", { files }), {
    code: 2,
    served: [],
    stdout: "",
    stderr: "bad:1: port: -1, allowed: an integer from 0 to 65535\nbad:2: x: Unknown key\n",
  });
});

test("check-config takes the file of serve, and says so when there is none", async () => {
  const files = { a: "", b: "x = 1" };
  const env = { TCP_SERVER_CONFIG: "b" };
  assert.equal((await run("check-config --config a", { files, env })).stdout, "a: ok\n");
  assert.equal((await run("check-config a", { files, env })).stdout, "a: ok\n");
  assert.equal((await run("check-config", { files, env })).stderr, "b:1: x: Unknown key\n");
  assert.equal(
    (await run("check-config")).stdout,
    "No configuration file given, defaults and environment: ok\n",
  );
  const { code, stderr } = await run("check-config a --config b", { files });
  assert.equal(code, 2);
  assert.equal(stderr, `Two files to check: name one, with or without "--config"\n${HINT}`);
});

test("check-config looks at the environment that serve would see", async () => {
  const { code, stderr } = await run("check-config a", {
    files: { a: 'heartbeat_interval = "80s"' },
    env: { TCP_SERVER_SESSION_TIMEOUT: "90s" },
  });
  assert.equal(code, 2);
  assert.match(stderr, /^a:1: heartbeat_interval: .* at TCP_SERVER_SESSION_TIMEOUT\)\n$/);
});

test("print-config takes the options of serve, and check-config takes what it prints", async () => {
  const given = { env: { TCP_SERVER_HANDLER: "chat" }, files: { a: 'session_timeout = "3s"' } };
  const printed = await run("print-config --config a --port 7 --no-admin", given);
  assert.deepEqual([printed.code, printed.stderr], [0, ""]);
  assert.match(printed.stdout, /^port = 7 +# --port$/m);
  assert.match(printed.stdout, /^handler = "chat" +# TCP_SERVER_HANDLER$/m);
  assert.match(printed.stdout, /^session_timeout = "3s" +# a:1$/m);
  const checked = await run("check-config p", { files: { p: printed.stdout } });
  assert.deepEqual([checked.code, checked.stdout], [0, "p: ok\n"]);
  const again = await run("print-config --config p", { files: { p: printed.stdout } });
  const bare = (text: string) => text.replaceAll(/ +#.*/g, "");
  assert.equal(bare(again.stdout), bare(printed.stdout));
});

test("print-config of a wrong configuration prints the errors instead", async () => {
  const { code, stdout, stderr } = await run("print-config --log-format xml");
  assert.deepEqual([code, stdout], [2, ""]);
  assert.equal(
    stderr,
    '--log-format: log.format: "xml", allowed: "pretty" or "json"\n',
  );
});

test("version tells version, runtime, target and commit", async () => {
  for (const command of ["version", "--version", "serve --version"]) {
    const { code, stdout, served } = await run(command);
    assert.deepEqual([code, served], [0, []]);
    assert.equal(
      stdout,
      `tcp-server ${packageJson.version}\nruntime    fake 1.0.0\ntarget     linux-x64\n` +
        "commit     1a2b3c4\n",
    );
  }
});

test("help is there for the program and for every command, on standard output with 0", async () => {
  for (const command of ["--help", "-h", "help"]) {
    const { code, stdout, served } = await run(command);
    assert.deepEqual([code, stdout, served], [0, helpFor(undefined), []]);
  }
  for (const { name } of COMMANDS) {
    for (const command of [`${name} --help`, `${name} -h`, `help ${name}`]) {
      const { code, stdout, served } = await run(command);
      assert.deepEqual([code, stdout, served], [0, helpFor(commandOf(name)), []], command);
    }
  }
});

test("help for an unknown command names the nearest one and ends with 2", async () => {
  const { code, stderr } = await run("help serv");
  assert.equal(code, 2);
  assert.equal(stderr, `Unknown command "serv", did you mean "serve"?\n${HINT}`);
});
