// The server as a library: a program of a dozen lines around it, on the runtime of the tests, and clients that talk to it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { type Cleanup, Program, RUN } from "./program.ts";
import { answerTo, connectAs, textOf } from "./text_client.ts";
import { Watched } from "./watched.ts";

/** Starts examples/embed.ts on a free port. */
async function startEmbedding(t: Cleanup): Promise<{ program: Program; port: number }> {
  const program = new Program(t, [...RUN, "examples/embed.ts", "0"]);
  const watched = new Watched();
  program.onLine = program.onEnd = () => watched.changed();
  const port = await watched.until(
    "the port",
    () => /^listening (\d+)\n/.exec(program.stdout)?.[1],
  );
  return { program, port: Number(port) };
}

test("a program that embeds the server answers, reaches a group, and drains when it is told to end", async (t) => {
  const { program, port } = await startEmbedding(t);
  const ann = await connectAs(t, port, "ann");
  const nobody = await connectAs(t, port);
  const heard: string[] = [];
  const watched = new Watched();
  nobody.on("broadcast", ({ body }) => (heard.push(textOf(body)), watched.changed()));
  nobody.on("state", (now) => {
    if (now.state === "leaving") heard.push(now.reason.name);
    watched.changed();
  });
  assert.equal(await answerTo(ann, "greet"), "Hello, ann");
  assert.equal(await answerTo(nobody, "greet"), "Hello, stranger");
  assert.equal(await answerTo(ann, "shout", "tea!"), '{"matched":2,"queued":2,"slow":0}');
  await watched.until("the Broadcast", () => heard.length === 1 || undefined);
  program.signal("SIGTERM");
  await watched.until("the Disconnect", () => heard.length === 2 || undefined);
  assert.deepEqual(heard, ["tea!", "draining"]);
  const exit = await program.exited();
  assert.deepEqual({ exit, stderr: program.stderr }, { exit: 0, stderr: "" });
});

test("the embedding in the README is the one that is tested", () => {
  const embedding = readFileSync("examples/embed.ts", "utf8");
  const shown = `\`\`\`ts\n${embedding.slice(embedding.indexOf("import "))}\`\`\`\n`;
  assert.ok(readFileSync("README.md", "utf8").includes(shown), "README.md shows another embedding");
});
