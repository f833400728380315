// A program for fairness_test.ts: many connections that each send again as soon as they are answered. Prints how often
// each was answered, once there were enough answers in all.

import { createConnection, type Socket } from "node:net";
import process from "node:process";

const [port, connections, answersMax] = process.argv.slice(2).map(Number);
const message = new Uint8Array(45).fill(1);
const answers: number[] = new Array(connections).fill(0);
const sockets: Socket[] = [];
let total = 0;
let opened = 0;

for (let i = 0; i < connections!; i++) {
  const socket = createConnection({ host: "127.0.0.1", port: port!, noDelay: true });
  let received = 0;
  socket.on("data", (chunk) => {
    received += chunk.length;
    if (received < message.length) return;
    received -= message.length;
    answers[i]!++;
    if (++total === answersMax) return report();
    socket.write(message);
  });
  // All begin at once, so that all are hot.
  socket.on("connect", () => ++opened === connections && start());
  sockets.push(socket);
}

function start(): void {
  for (const socket of sockets) socket.write(message);
}

function report(): void {
  process.stdout.write(JSON.stringify(answers), () => process.exit(0));
}
