// A transport that breaks once, at a chosen byte: counted over both directions, as one side sees them.

import type { Connection, Transport } from "../../../src/transport/transport.ts";

export interface Cutter {
  readonly transport: Transport;
  /** Bytes that went through so far. */
  readonly bytes: number;
}

/** @param cutAt How many bytes go through before the connection of that moment is lost; later ones live. */
export function cutter(inner: Transport, cutAt: number): Cutter {
  let bytes = 0;
  let isCut = false;

  // How many of `count` bytes go through; the rest are lost, and the connection with them.
  function pass(connection: Connection, count: number): number {
    const passed = isCut ? count : Math.min(count, cutAt - bytes);
    bytes += passed;
    if (passed < count) {
      isCut = true;
      connection.terminate();
    }
    return passed;
  }

  return {
    get bytes() {
      return bytes;
    },
    transport: {
      ...inner,
      connect(to, opened, failed) {
        inner.connect(to, (connection) => {
          let isGone = false;
          const handler = opened({
            peer: connection.peer,
            pause: () => connection.pause(),
            resume: () => connection.resume(),
            end: () => connection.end(),
            terminate: () => connection.terminate(),
            write(piece, frozen) {
              if (isGone) return piece.length;
              const passing = isCut ? piece.length : Math.min(piece.length, cutAt - bytes);
              const taken = connection.write(piece.subarray(0, passing), frozen);
              isGone = pass(connection, piece.length) < piece.length;
              return isGone ? piece.length : taken;
            },
          });
          return {
            onData(chunk) {
              const passed = isCut ? chunk.length : Math.min(chunk.length, cutAt - bytes);
              if (passed > 0) handler.onData(chunk.subarray(0, passed));
              isGone = pass(connection, chunk.length) < chunk.length;
            },
            onWritable: () => handler.onWritable(),
            onEnd: () => handler.onEnd(),
            onClose: (how) => handler.onClose(isGone ? "reset" : how),
          };
        }, failed);
      },
    },
  };
}
