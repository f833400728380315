// The life of a session as a table: its states, and which may follow which.

/**
 * - `connecting`: accepted, its handshake is not done.
 * - `active`: past its handshake, application frames came or went lately.
 * - `idle`: past its handshake, alive, without application frames for a while.
 * - `waiting`: lost its connection; its client may come back and continue it.
 * - `disconnecting`: ended (it has a reason, and left the registry); its socket still flushes or lingers.
 * - `closed`: the socket is gone.
 */
export type SessionState =
  | "connecting"
  | "active"
  | "idle"
  | "waiting"
  | "disconnecting"
  | "closed";

/** The states that may follow each state. */
export const TRANSITIONS: Readonly<Record<SessionState, readonly SessionState[]>> = {
  connecting: ["active", "disconnecting"],
  active: ["idle", "waiting", "disconnecting"],
  idle: ["active", "waiting", "disconnecting"],
  waiting: ["active", "closed"],
  disconnecting: ["closed"],
  closed: [],
};

/** Who ended a session. */
export type EndedBy = "peer" | "server" | "admin" | "network";
