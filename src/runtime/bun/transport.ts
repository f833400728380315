// TCP on Bun: `Bun.listen` and `Bun.connect` behind the transport interface.

import type { Transport } from "../../transport/transport.ts";
import type { BunApi, BunSocketHandlers } from "./api.ts";
import { BunConnection } from "./connection.ts";

declare const Bun: BunApi;

// The one set of events that all sockets of a listener share; what differs is how a connection opens.
function handlers(
  open: BunSocketHandlers<BunConnection>["open"],
): BunSocketHandlers<BunConnection> {
  return {
    binaryType: "uint8array",
    open,
    data: (socket, chunk) => socket.data.onData(chunk),
    drain: (socket) => socket.data.onDrain(),
    end: (socket) => socket.data.onEnd(),
    close: (socket) => socket.data?.onClose(),
    error() {
      // Errors of the stream arrive at `close` as well; errors of handlers are caught before Bun sees them.
    },
  };
}

/** Sockets of Bun. `allowHalfOpen` everywhere: without it Bun closes on the peer's FIN and drops what is unsent. */
export function bunTransport(onFault: (error: unknown) => void): Transport {
  return {
    listen(at, accept) {
      const listener = bind(() =>
        Bun.listen<BunConnection>({
          hostname: at.host,
          port: at.port,
          allowHalfOpen: true,
          socket: handlers((socket) => {
            socket.data = new BunConnection(socket, onFault);
            socket.data.open(accept);
          }),
        }), at);
      return {
        address: { host: at.host, port: listener.port },
        close: () => listener.stop(false),
      };
    },

    connect(to, opened, failed) {
      Bun.connect<BunConnection>({
        hostname: to.host,
        port: to.port,
        allowHalfOpen: true,
        socket: {
          ...handlers((socket) => {
            socket.data = new BunConnection(socket, onFault);
            socket.data.open(opened);
          }),
          connectError: (_socket, error) => failed(error),
        },
      }).catch(() => {
        // `connectError` has told it.
      });
    },
  };
}

function bind<T>(listen: () => T, at: { host: string; port: number }): T {
  try {
    return listen();
  } catch (cause) {
    throw new Error(`Cannot listen on ${at.host}:${at.port}`, { cause });
  }
}
