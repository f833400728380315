// Modules loaded by the program: the example, and some that go wrong at start and later.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { LogLines } from "./log_lines.ts";
import { type Cleanup, Program, programUnderTest, runProgram } from "./program.ts";
import { startServer } from "./running_server.ts";
import { answerTo, connectAs, textOf } from "./text_client.ts";
import { Watched } from "./watched.ts";

/** A folder with these files, removed after the test. */
function folderWith(t: Cleanup, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "tcp-server-module-"));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

test("examples/module.ts serves its routes, asks the client, and says good bye", async (t) => {
  const server = await startServer(t, { module_path: "examples/module.ts" });
  const client = await connectAs(t, server.port);
  const heard: string[] = [];
  const watched = new Watched();
  client.on("broadcast", ({ body }) => {
    heard.push(textOf(body));
    watched.changed();
  });
  client.on("request", ({ route, body }) => `${route}: ${textOf(body)} because`);
  assert.equal(await answerTo(client, "mine.double", "ab"), "abab");
  assert.equal(await answerTo(client, "mine.ask"), "question: why? because");
  assert.equal(await answerTo(client, "mine.shout", "hey"), '{"matched":1,"queued":1,"slow":0}');
  assert.equal(await answerTo(client, "sys.echo", "still"), "still");
  server.program.signal("SIGTERM");
  await watched.until("both", () => heard.length === 2 || undefined);
  assert.deepEqual(heard, ["hey", "Good bye"]);
  await client.close();
  assert.equal(await server.program.exited(), 0);
  assert.equal((await server.log.first("application"))["message"], "gone");
});

test("the module in docs/MESSAGING.md is the one that is tested", () => {
  const example = readFileSync("examples/module.ts", "utf8");
  const guide = readFileSync("docs/MESSAGING.md", "utf8");
  const [, shown] = /```ts\n(app\..*?)```/s.exec(guide)!;
  for (const statement of shown!.trim().split("\n\n")) {
    assert.ok(
      example.includes(statement.replaceAll(/^/gm, "  ")),
      `Not in the example: ${statement}`,
    );
  }
});

test("a module imports its neighbours, prepares itself asynchronously, and reads the configuration", async (t) => {
  const folder = folderWith(t, {
    "words.ts": "export const greet = (name: string): string => `hello ${name}`;\n",
    "mine.ts": `import { greet } from "./words.ts";
export default async (app) => {
  const words = await Promise.resolve(["a", "b"]);
  for (const word of words) app.route("greet." + word, (c) => greet(word + c.text()));
  app.route("port", () => String(app.config.port));
};
`,
    "server.toml": '[module]\npath = "mine.ts"\n',
  });
  const server = await startServer(t, { config: join(folder, "server.toml") });
  const client = await connectAs(t, server.port);
  assert.equal(await answerTo(client, "greet.b", "!"), "hello b!");
  assert.equal(await answerTo(client, "port"), "0");
});

const FAULTY = {
  "export default (app) => {\n  app.rout('x', () => {});\n};\n": /rout.*mine\.ts:2:\d+/,
  "export default async (app) => {\n  await null;\n  throw new Error('No database');\n};\n":
    /No database.*mine\.ts:3:\d+/,
  "export default (app) => {\n  const = 5;\n};\n": /mine\.ts:2:\d+/,
  "import './gone.ts';\nexport default () => {};\n": /gone\.ts.*mine\.ts/,
  "export const app = 5;\n": /Its default export is not a function/,
  "export default (app) => app.on('conect', () => {});\n": /conect/,
  "export default (app) => {\n  app.route('sys.echo', () => {});\n};\n":
    /Cannot add the route "sys\.echo": it is taken.*mine\.ts:2:\d+/,
};

test("a fault in a module at start refuses the start, with file and line", async (t) => {
  for (const [text, wanted] of Object.entries(FAULTY)) {
    const path = join(folderWith(t, { "mine.ts": text }), "mine.ts");
    const env = { TCP_SERVER_MODULE_PATH: path };
    const { exit, stdout, stderr } = await runProgram(
      t,
      ["--port", "0", "--log-format", "json"],
      env,
    );
    assert.deepEqual([exit, stderr], [2, ""], stdout);
    const { level, event, error } = JSON.parse(stdout);
    assert.deepEqual([level, event], ["fatal", "cannot load"]);
    assert.match(error as string, wanted);
  }
});

test("a module that is not there refuses the start", async (t) => {
  const env = { TCP_SERVER_MODULE_PATH: "nowhere.ts" };
  const { exit, stdout } = await runProgram(t, ["--port", "0"], env);
  assert.equal(exit, 2);
  assert.match(stdout, /Cannot load the module.*nowhere\.ts/);
});

test("a fault in a module later ends one Request, and no session", async (t) => {
  const folder = folderWith(t, {
    "mine.js": `export default (app) => {
  app.route("hang", () => new Promise(() => {}));
  app.route("throw", () => { throw new Error("secret one"); });
  app.route("stray", (c) => { Promise.reject(new Error("secret two")); return "ok"; });
  app.on("connect", () => { throw new Error("secret three"); });
};
`,
  });
  const log = new LogLines();
  const args = ["--host", "127.0.0.1", "--port", "0", "--log-format", "json"];
  const program = new Program(t, [...programUnderTest(), ...args], {
    TCP_SERVER_MODULE_PATH: join(folder, "mine.js"),
    TCP_SERVER_LIMITS_REQUEST_TIMEOUT: "200ms",
  });
  program.onLine = (line) => log.push(line);
  program.onEnd = () => log.end();
  const client = await connectAs(t, (await log.first("listening"))["port"] as number);
  assert.deepEqual(await answerTo(client, "throw"), [2001, "The handler failed"]);
  assert.equal(await answerTo(client, "stray"), "ok");
  const failures = await log.many("handler failed", 3);
  assert.deepEqual(
    failures.map(({ on = "route", error }) => [on, /secret \w+/.exec(error as string)![0]])
      .toSorted(),
    [["connect", "secret three"], ["module", "secret two"], ["route", "secret one"]],
  );
  assert.ok(failures.every(({ error }) => /mine\.js:\d+/.test(error as string)));
  assert.deepEqual(await answerTo(client, "hang"), [2002, "No answer in time"]);
  assert.equal(await answerTo(client, "sys.echo", "alive"), "alive");
});
