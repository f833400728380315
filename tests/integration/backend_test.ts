// The backend handler against real HTTP services: the examples, and one that does everything wrong.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { type Cleanup, Program, RUN, runProgram } from "./program.ts";
import { startServer } from "./running_server.ts";
import { answerTo, connectAs } from "./text_client.ts";
import { Watched } from "./watched.ts";

const EXAMPLES = {
  "examples/backend.ts": [...RUN, "examples/backend.ts"],
  "examples/backend.py": ["python3", "examples/backend.py"],
};

for (const [name, command] of Object.entries(EXAMPLES)) {
  test(`${name} answers what clients ask, and hears who comes and goes`, async (t) => {
    const lines: string[] = [];
    const watched = new Watched();
    const program = new Program(t, [...command, "0"]);
    program.onLine = (line) => {
      lines.push(line);
      watched.changed();
    };
    const line = (start: string) =>
      watched.until(start, () => lines.find((line) => line.startsWith(start)));
    const port = (await line("listening")).split(" ")[1];
    const server = await startServer(t, {
      handler: "backend",
      backend_url: `http://127.0.0.1:${port}/`,
      backend_events: "connect,disconnect",
    });
    const client = await connectAs(t, server.port, "Zoë");
    assert.deepEqual(JSON.parse(await answerTo(client, "shop.price", "apple") as string), {
      item: "apple",
      cents: 1999,
      for: "Zoë",
    });
    assert.deepEqual(await answerTo(client, "shop.sell"), [3404, "No such thing"]);
    assert.deepEqual(await answerTo(client, "", "default"), [3404, "No such thing"]);
    assert.equal(await answerTo(client, "sys.echo", "mine"), "mine");
    assert.equal(client.state.state, "open");
    const id = client.state.state === "open" ? client.state.session : "";
    await line(`connect ${id}`);
    await client.close();
    await line(`disconnect ${id}`);
  });
}

/** An HTTP service that ends with the test. */
async function serveHttp(t: Cleanup, listener: RequestListener, port = 0): Promise<Server> {
  const http = createServer(listener).listen(port, "127.0.0.1");
  t.after(() => stop(http));
  await once(http, "listening");
  return http;
}

async function stop(http: Server): Promise<void> {
  if (!http.listening) return;
  const closed = once(http, "close");
  http.close();
  http.closeAllConnections();
  await closed;
}

function urlOf(http: Server): string {
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}/`;
}

test("a backend that hangs, floods, fails or redirects costs one Request each time", async (t) => {
  const paths: (string | undefined)[] = [];
  const http = await serveHttp(t, (request, response) => {
    paths.push(request.url);
    response.on("error", () => {});
    const route = request.headers["x-route"];
    if (route === "ok") response.end("ok");
    if (route === "fail") response.writeHead(500).end("secret");
    if (route === "away") response.writeHead(302, { location: "/elsewhere" }).end();
    if (route === "flood") {
      const flood = () => {
        while (!response.destroyed && response.write(new Uint8Array(65_536)));
      };
      response.on("drain", flood);
      flood();
    }
  });
  const server = await startServer(t, { backend_url: urlOf(http), backend_timeout: "500ms" });
  const client = await connectAs(t, server.port);
  const unavailable = [2004, "The backend is unavailable"];
  assert.deepEqual(await answerTo(client, "hang"), unavailable);
  assert.deepEqual(await answerTo(client, "fail"), unavailable);
  assert.deepEqual(await answerTo(client, "away"), unavailable);
  assert.deepEqual(await answerTo(client, "flood"), [
    2004,
    "The answer of the backend is too long",
  ]);
  assert.equal(await answerTo(client, "ok"), "ok");
  assert.equal(
    await answerTo(client, "", "echo is the default route"),
    "echo is the default route",
  );
  assert.ok(!paths.includes("/elsewhere"));
  assert.deepEqual(server.log.of("backend failed").map(({ reason }) => reason), [
    "No answer within 500 ms",
    "It answered with the status 500",
    "It answered with the status 302",
    "Its answer is over 1048576 bytes",
  ]);
});

test("calls share connections", async (t) => {
  let connections = 0;
  const http = await serveHttp(t, (request, response) => {
    request.resume().on("end", () => response.end("ok"));
  });
  http.on("connection", () => connections++);
  const server = await startServer(t, { backend_url: urlOf(http) });
  const client = await connectAs(t, server.port);
  for (let i = 0; i < 50; i++) assert.equal(await answerTo(client, "a", "x"), "ok");
  assert.ok(connections <= 3, `${connections} connections for 50 calls`);
});

test("a backend that is down is left alone, and asked again when it is back", async (t) => {
  const answers: RequestListener = (_, response) => void response.end("ok");
  const http = await serveHttp(t, answers);
  const url = urlOf(http);
  const server = await startServer(t, { backend_url: url });
  const client = await connectAs(t, server.port);
  assert.equal(await answerTo(client, "a"), "ok");
  await stop(http);
  for (let i = 0; i < 20; i++) {
    assert.deepEqual(await answerTo(client, "a"), [2004, "The backend is unavailable"]);
  }
  assert.deepEqual((await server.log.first("backend"))["state"], "down");
  await serveHttp(t, answers, Number(new URL(url).port));
  const backAt = performance.now();
  while (typeof await answerTo(client, "a") !== "string") {
    assert.ok(performance.now() - backAt < 5000, "It is not asked again");
  }
  assert.deepEqual((await server.log.many("backend", 2))[1]!["state"], "up");
});

test("the handler backend without a backend is refused at start", async (t) => {
  const { exit, stderr } = await runProgram(t, ["--handler", "backend"]);
  assert.deepEqual([exit, stderr], [2, '--handler: handler: "backend", needs a backend.url\n']);
});
