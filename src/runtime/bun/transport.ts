// TCP on Bun: `Bun.listen` and `Bun.connect` behind the transport interface.

import type {
  Address,
  Connection,
  ConnectionHandler,
  Transport,
} from "../../transport/transport.ts";
import { plainHost } from "../address.ts";
import type { BunApi, BunSocket, BunSocketHandlers } from "./api.ts";
import { BunConnection } from "./connection.ts";

declare const Bun: BunApi;

type Socket = BunSocket<BunConnection>;

/** Where a socket goes that was reset before anybody asked for its address. */
const NOWHERE: Address = { host: "0.0.0.0", port: 0 };

/** Sockets of Bun. `allowHalfOpen` everywhere: without it Bun closes on the peer's FIN and drops what is unsent. */
export function bunTransport(onFault: (error: unknown) => void): Transport {
  // The events of every socket; what differs is how a connection opens, and what happens when it cannot.
  function events(
    opened: (connection: Connection) => ConnectionHandler,
    peerOf: (socket: Socket) => Address,
    failed: (error: Error) => void,
  ): BunSocketHandlers<BunConnection> {
    return {
      binaryType: "uint8array",
      open(socket) {
        socket.data = new BunConnection(socket, peerOf(socket), onFault);
        socket.data.open(opened);
      },
      data: (socket, chunk) => socket.data.onData(chunk),
      drain: (socket) => socket.data.onDrain(),
      end: (socket) => socket.data.onEnd(),
      close: (socket, error) => socket.data.onClose(error),
      error: (_socket, error) => onFault(error),
      connectError: (_socket, error) => failed(error),
    };
  }

  return {
    listen(at, accept, isShared = false) {
      try {
        const listener = Bun.listen<BunConnection>({
          hostname: at.host,
          port: at.port,
          reusePort: isShared,
          allowHalfOpen: true,
          socket: events(accept, remoteAddress, onFault),
        });
        return {
          address: { host: at.host, port: listener.port },
          close: () => listener.stop(false),
        };
      } catch (cause) {
        throw new Error(`Cannot listen on ${at.host}:${at.port}`, { cause });
      }
    },

    connect(to, opened, failed) {
      // What the promise rejects with, `connectError` was told.
      Bun.connect<BunConnection>({
        hostname: to.host,
        port: to.port,
        allowHalfOpen: true,
        socket: events(opened, () => to, failed),
      }).catch(() => {});
    },
  };
}

function remoteAddress({ remoteAddress, remotePort }: Socket): Address {
  if (remoteAddress === undefined || remotePort === undefined) return NOWHERE;
  return { host: plainHost(remoteAddress), port: remotePort };
}
