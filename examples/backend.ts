// A backend: what clients ask, answered over HTTP. Runs on Deno, Bun and Node: `deno run --allow-net examples/backend.ts`,
// then `tcp-server --handler backend` with the environment variable TCP_SERVER_BACKEND_URL=http://127.0.0.1:8080/

import { createServer } from "node:http";
import process from "node:process";

const server = createServer(async (request, response) => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = new TextDecoder().decode(await new Blob(chunks as BlobPart[]).arrayBuffer());
  const { "x-event": event, "x-route": route, "x-user": user } = request.headers;
  if (event !== undefined) { // somebody came or went: `body` is JSON
    console.log(event, JSON.parse(body).session);
    response.end();
  } else if (route === "shop.price") { // the answer is the Response
    response.end(JSON.stringify({ item: body, cents: 1999, for: decodeURIComponent(`${user}`) }));
  } else { // the client gets an Error with the code 3404 and this message
    response.writeHead(404).end("No such thing");
  }
});

server.listen(Number(process.argv[2] ?? 8080), "127.0.0.1", () => {
  console.log("listening", (server.address() as { port: number }).port);
});
