// HTTP of the runtime that runs the tests: where it listens, who asks, what a handler throws, and how it closes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { selectHost } from "../../src/runtime/select_host.ts";
import type { HttpHandler } from "../../src/transport/http.ts";
import type { Cleanup } from "./program.ts";

const { serveHttp } = await selectHost();
const LOOPBACK = { host: "127.0.0.1", port: 0 };

/** Serves until the test ends. */
function serve(t: Cleanup, handle: HttpHandler) {
  const server = serveHttp(LOOPBACK, handle);
  t.after(() => server.close());
  return { server, url: `http://127.0.0.1:${server.address.port}/` };
}

test("it listens on a free port and tells which, and who asks", async (t) => {
  const { server, url } = serve(t, (_, peer) => Response.json(peer));
  assert.ok(server.address.port > 0);
  const { host, port } = await (await fetch(url)).json();
  assert.equal(host, "127.0.0.1");
  assert.ok(port > 0 && port !== server.address.port);
});

test("a port that is taken is an error with its cause", (t) => {
  const { server } = serve(t, () => new Response());
  assert.throws(
    () => serveHttp(server.address, () => new Response()),
    ({ message, cause }: Error) =>
      message === `Cannot listen on 127.0.0.1:${server.address.port}` && cause instanceof Error,
  );
});

test("what a handler throws is 500 and tells nothing", async (t) => {
  const { url } = serve(t, () => Promise.reject(new Error("the inside of things")));
  const answer = await fetch(url);
  assert.deepEqual([answer.status, await answer.text()], [500, ""]);
});

test("closing lets an answer go out that is under way", async (t) => {
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<Response>();
  const { server, url } = serve(t, () => {
    asked.resolve();
    return answer.promise;
  });
  const heard = fetch(url);
  await asked.promise;
  const closed = server.close();
  answer.resolve(new Response("late"));
  assert.equal(await (await heard).text(), "late");
  await closed;
  await assert.rejects(fetch(url));
});

test("closing ends a stream without an end within a second or two, and tells its source", async (t) => {
  const cancelled = Promise.withResolvers<void>();
  const { server, url } = serve(t, () => {
    const start = (controller: ReadableStreamDefaultController) =>
      controller.enqueue(new TextEncoder().encode("begun"));
    return new Response(new ReadableStream({ start, cancel: () => cancelled.resolve() }));
  });
  const reader = (await fetch(url)).body!.getReader();
  await reader.read();
  const before = performance.now();
  await server.close();
  assert.ok(performance.now() - before < 5000);
  await reader.read().catch(() => {});
  await cancelled.promise;
});

test("a listener that hangs up is told to the source of the stream", async (t) => {
  const cancelled = Promise.withResolvers<void>();
  const { url } = serve(t, () => {
    const start = (controller: ReadableStreamDefaultController) =>
      controller.enqueue(new TextEncoder().encode("begun"));
    return new Response(new ReadableStream({ start, cancel: () => cancelled.resolve() }));
  });
  const hangUp = new AbortController();
  const reader = (await fetch(url, { signal: hangUp.signal })).body!.getReader();
  await reader.read();
  hangUp.abort();
  await cancelled.promise;
});
