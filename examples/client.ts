// A whole client: Handshake, one Request, its answer, Disconnect. It imports nothing of this repository: the protocol
// is that simple. Run it with `deno run --allow-net`, `bun` or `node`: examples/client.ts 127.0.0.1:9000

import { Buffer } from "node:buffer";
import { connect } from "node:net";
import process from "node:process";

const [host, port] = (process.argv[2] ?? "127.0.0.1:9000").split(":");
const socket = connect(Number(port), host);
let unread: Buffer = Buffer.alloc(0);

function send(type: number, id: bigint, payload = ""): void {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(9 + Buffer.byteLength(payload)); // the length counts what follows it
  header.writeUInt8(type, 4);
  header.writeBigUInt64BE(id, 5);
  socket.write(Buffer.concat([header, Buffer.from(payload)]));
}

socket.on("data", (chunk) => { // a read is not a frame: it may hold half of one, or several
  unread = Buffer.concat([unread, chunk]);
  while (unread.length >= 4 && unread.length >= 4 + unread.readUInt32BE()) {
    const frame = unread.subarray(0, 4 + unread.readUInt32BE());
    unread = unread.subarray(frame.length);
    if (frame[4] === 0x11 || frame[4] === 0xff) { // Response or Error
      console.log(frame.toString("utf8", 13));
      send(0x05, 2n); // Disconnect
      socket.end();
    }
  }
});

send(0x01, 1n); // Handshake
send(0x10, 42n, "hello"); // Request
