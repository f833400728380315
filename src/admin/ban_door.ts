// Keeps banned users and addresses out: who is past the Handshake, and so known, is told and ended at once.

import type { Watcher } from "../server/events.ts";
import { fail } from "../session/ending.ts";
import type { Bans } from "./bans.ts";

/** Give it to the server as the last one who watches, so that the others hear of the connect before the end. Who resumes is looked at again. */
export function banDoor(bans: Bans): Watcher {
  return ({ type, session }) => {
    if ((type !== "connected" && type !== "resumed") || bans.size === 0) return;
    if (!bans.isBanned(session.peer.host, session.user, Date.now())) return;
    fail(session, "banned", "This user or address is banned");
  };
}
