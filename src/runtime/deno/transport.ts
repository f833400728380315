// TCP on Deno: `Deno.listen` and `Deno.connect` behind the transport interface.

import type {
  Address,
  Connection,
  ConnectionHandler,
  Transport,
} from "../../transport/transport.ts";
import { DenoConnection } from "./connection.ts";
import { Pacer } from "./pacer.ts";
import { Sentinel } from "./sentinel.ts";
import { ReadBuffers } from "./read_buffer.ts";
import { WriteBuffers } from "./write_buffers.ts";

/** Connections the kernel completes ahead of us; what a storm of returning clients needs. The system may clamp it. */
export const BACKLOG = 4096;

/** Milliseconds to wait after a failed accept (out of descriptors, mostly); doubles while it goes on. */
const ACCEPT_PAUSE_MS_FIRST = 10;
const ACCEPT_PAUSE_MS_MAX = 1000;

/** Sockets of Deno. */
export function denoTransport(
  onFault: (error: unknown) => void,
  sentinel: Sentinel = new Sentinel(),
): Transport {
  const pacer = new Pacer(sentinel);
  const buffers = new WriteBuffers();
  const readBuffers = new ReadBuffers();

  function open(conn: Deno.TcpConn, accept: (connection: Connection) => ConnectionHandler): void {
    // Fails while a write runs, so it comes first; a peer that is gone already shows up at the first read.
    try {
      conn.setNoDelay();
    } catch { /* the read tells */ }
    new DenoConnection(conn, pacer, buffers, readBuffers, onFault).open(accept);
  }

  return {
    listen(at, accept, isShared = false) {
      const listener = bind(at, isShared);
      const stopped = { now: false };
      acceptAll(listener, stopped, (conn) => open(conn, accept));
      return {
        address: { host: at.host, port: listener.addr.port },
        close() {
          if (stopped.now) return;
          stopped.now = true;
          listener.close();
        },
      };
    },

    connect(to, opened, failed) {
      Deno.connect({ hostname: to.host, port: to.port }).then((conn) => open(conn, opened), failed);
    },
  };
}

function bind(at: Address, isShared: boolean): Deno.TcpListener {
  try {
    if (isShared) checkSharing();
    const { host: hostname, port } = at;
    return Deno.listen({ hostname, port, tcpBacklog: BACKLOG, reusePort: isShared });
  } catch (cause) {
    throw new Error(`Cannot listen on ${at.host}:${at.port}`, { cause });
  }
}

// Deno would end the whole process: sharing counts as unstable. What else does so is not there without leave.
function checkSharing(): void {
  if ("listenDatagram" in Deno) return;
  throw new Error('Deno shares ports only with "unstable": ["net"] in its configuration');
}

/** What an accept fails with when the peer has reset before it; the next one may be fine. */
const PEER_IS_GONE = [
  Deno.errors.NotConnected,
  Deno.errors.ConnectionReset,
  Deno.errors.ConnectionAborted,
];

// A loop that only `close()` ends: an accept that fails is tried again.
async function acceptAll(
  listener: Deno.TcpListener,
  stopped: { now: boolean },
  accepted: (conn: Deno.TcpConn) => void,
): Promise<void> {
  let pauseMs = ACCEPT_PAUSE_MS_FIRST;
  while (!stopped.now) {
    try {
      const conn = await listener.accept();
      // The pending accept of a closed listener may still bring one.
      if (stopped.now) return conn.close();
      accepted(conn);
      pauseMs = ACCEPT_PAUSE_MS_FIRST;
    } catch (error) {
      if (stopped.now) return;
      if (PEER_IS_GONE.some((kind) => error instanceof kind)) continue;
      await new Promise((resume) => setTimeout(resume, pauseMs));
      pauseMs = Math.min(pauseMs * 2, ACCEPT_PAUSE_MS_MAX);
    }
  }
}
