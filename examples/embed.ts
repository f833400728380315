// A server inside of a program of your own. Run it with `deno run -P` or `bun`: examples/embed.ts 9000

import process from "node:process";
import { createServer } from "tcp-server";

const server = await createServer({ limits: { maxConnections: 5_000 } });
server.route("greet", (c) => `Hello, ${c.session.user || "stranger"}`);
server.route("shout", (c) => JSON.stringify(server.group("lobby").broadcast(c.payload)));
server.on("connect", (session) => session.join("lobby"));

const { port } = server.listen({ host: "127.0.0.1", port: Number(process.argv[2] ?? 9000) });
console.log("listening", port);
process.once("SIGTERM", () => server.drain()); // clients are told when to come back
