// A whole client: Handshake, one Request, its answer, Disconnect. It imports nothing of this repository: the protocol
// is that simple. Run it with `deno run --allow-net`, `bun` or `node`: examples/client.ts 127.0.0.1:9000

import { Buffer } from "node:buffer";
import { connect } from "node:net";
import process from "node:process";

const [HANDSHAKE, DISCONNECT, REQUEST, RESPONSE, ERROR] = [0x01, 0x05, 0x10, 0x11, 0xff];
const [host, port] = (process.argv[2] ?? "127.0.0.1:9000").split(":");
const socket = connect(Number(port), host);

function send(type: number, id: bigint, text = ""): void {
  const frame = Buffer.alloc(13 + Buffer.byteLength(text));
  frame.writeUInt32BE(frame.length - 4, 0); // The length counts what follows it.
  frame.writeUInt8(type, 4);
  frame.writeBigUInt64BE(id, 5);
  frame.write(text, 13);
  socket.write(frame);
}

send(HANDSHAKE, 0n);
send(REQUEST, 1n, "hello");

// TCP is a stream: a frame may arrive in pieces, and two may arrive at once.
let bytes = Buffer.alloc(0);
for await (const chunk of socket) {
  bytes = Buffer.concat([bytes, chunk]);
  while (bytes.length >= 4 && bytes.length >= 4 + bytes.readUInt32BE(0)) {
    const end = 4 + bytes.readUInt32BE(0);
    if (bytes[4] === RESPONSE || bytes[4] === ERROR) {
      console.log(bytes.toString("utf8", 13, end));
      send(DISCONNECT, 2n);
      socket.end();
    }
    bytes = bytes.subarray(end);
  }
}
