// Loading a module: what is wrong with it is said with its place, whatever the runtime calls it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { describeFault, loadModule } from "../../../src/handlers/module.ts";
import type { App } from "../../../src/messaging/app.ts";
import { Stage } from "../server/stage.ts";
import { ask, openRouted } from "../messaging/clients.ts";

const { app } = new Stage();

test("the default export prepares the application, and is waited for", async () => {
  const stage = new Stage();
  let isDone = false;
  await loadModule(stage.app, () =>
    Promise.resolve({
      default: async (app: App) => {
        await null;
        isDone = app === stage.app;
      },
    }), "mine.ts");
  assert.equal(isDone, true);
});

test("a module without a function is refused", async () => {
  for (const exports of [{}, { default: 5 }]) {
    await assert.rejects(loadModule(app, () => Promise.resolve(exports), "mine.ts"), {
      message: 'Cannot load the module "mine.ts": Its default export is not a function',
    });
  }
});

test("what a module throws is told with the first place outside of the program", async () => {
  const error = new Error("No database");
  const own = new URL("../../../src/messaging/app.ts", import.meta.url).href;
  error.stack =
    `Error: No database\n    at route (${own}:1:2)\n    at file:///srv/my%20app/mine.ts:5:7`;
  const failing = () =>
    Promise.resolve({
      default: () => {
        throw error;
      },
    });
  await assert.rejects(loadModule(app, failing, "mine.ts"), {
    message: 'Cannot load the module "mine.ts": No database (/srv/my app/mine.ts:5:7)',
  });
});

test("the errors of Deno's and Bun's compilers are told in one line, with their place", () => {
  const deno = new TypeError(
    "SyntaxError: Unexpected token `=`\n  |\n2 |   const = 5;\n    at file:///srv/mine.ts:2:9",
  );
  assert.equal(describeFault(deno), "SyntaxError: Unexpected token `=` (/srv/mine.ts:2:9)");
  const colored = new TypeError(
    'Module not found "file:///srv/no.ts".\n    at \u001b[36mfile:///srv/mine.ts\u001b[0m:\u001b[33m1\u001b[0m:\u001b[33m19\u001b[0m',
  );
  assert.equal(
    describeFault(colored),
    'Module not found "file:///srv/no.ts". (/srv/mine.ts:1:19)',
  );
  const first = Object.assign(new Error("Expected identifier"), {
    position: { file: "/srv/mine.ts", line: 2, column: 9 },
  });
  assert.equal(
    describeFault(new AggregateError([first, new Error("and so on")], "2 errors")),
    "Expected identifier (/srv/mine.ts:2:9)",
  );
  const bun = Object.assign(new Error("No"), {
    stack: "Error: No\n    at f (/srv/100%/mine.ts:3:1)",
  });
  assert.equal(describeFault(bun), "No (/srv/100%/mine.ts:3:1)");
  assert.equal(describeFault("just text"), "just text");
});

test("a module cannot take a route that is somebody else's", async () => {
  const stage = new Stage({ routes: (app) => app.route("taken", () => "first") });
  const prepare = (app: App) => app.route("taken", () => "second");
  await assert.rejects(
    loadModule(stage.app, () => Promise.resolve({ default: prepare }), "mine.ts"),
    /Cannot add the route "taken"/,
  );
  const client = openRouted(stage);
  client.send(ask(1, "taken"));
  stage.settle();
  assert.deepEqual(client.heard, ["response 1 first"]);
});
