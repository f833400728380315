// What an application hears of its sessions.

import type { Ending } from "../session/ending.ts";
import type { SessionHandle } from "./session_handle.ts";

/** What an application can listen to, see `App.on()`. What a listener returns is ignored; a promise may fail. */
export interface AppEvents {
  /** A session is past its handshake. What is sent to it here goes out right behind the HandshakeAck. */
  connect: (session: SessionHandle) => unknown;
  /** The client is back after a break; its session goes on with its id, user, groups, tags and data. */
  resume: (session: SessionHandle) => unknown;
  /**
   * The client came back on another worker, which has the session from now on with its user, groups, tags and data; there
   * it is `resume`. What this worker keeps for it besides can be forgotten.
   */
  move: (session: SessionHandle) => unknown;
  /** The session is over. A lost connection is no end as long as the client may come back, see `resumeWindowMs`. */
  disconnect: (session: SessionHandle, ending: Ending) => unknown;
}
