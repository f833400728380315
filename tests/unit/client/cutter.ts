// A transport that breaks at chosen bytes: counted over both directions, as one side sees them.

import type { Connection, Transport } from "../../../src/transport/transport.ts";

export interface Cutter {
  readonly transport: Transport;
  /** Bytes that went through so far. */
  readonly bytes: number;
}

/**
 * @param cuts After how many bytes the connection of that moment is lost, in rising order; later ones live on.
 * @param lose How it is lost: by default this side sees it at once, and the other one hears of it.
 */
export function cutter(
  inner: Transport,
  cuts: readonly number[],
  lose: (connection: Connection) => void = (connection) => connection.terminate(),
): Cutter {
  let bytes = 0;
  let next = 0;

  // How many of `count` bytes go through before the next cut.
  const passing = (count: number) => Math.min(count, (cuts[next] ?? Infinity) - bytes);

  // Counts what went through; loses the connection where that was not all. Returns whether it did.
  function cut(connection: Connection, passed: number, count: number): boolean {
    bytes += passed;
    if (passed === count) return false;
    next++;
    lose(connection);
    return true;
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
              const passed = passing(piece.length);
              const taken = connection.write(piece.subarray(0, passed), frozen);
              isGone = cut(connection, passed, piece.length);
              return isGone ? piece.length : taken;
            },
          });
          return {
            onData(chunk) {
              const passed = passing(chunk.length);
              if (passed > 0) handler.onData(chunk.subarray(0, passed));
              isGone ||= cut(connection, passed, chunk.length);
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
