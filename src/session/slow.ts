// What becomes of a Broadcast to a peer that reads slower than it is sent to: the server's policy.

import type { Session } from "./session.ts";

/**
 * Drops Broadcasts that wait for `session`, as the policy says, so that `frame` finds no more than the high mark before
 * it. What has begun, and what is no Broadcast, is never dropped.
 */
export function makeRoom(session: Session, frame: Uint8Array): void {
  const { outbound, owner } = session;
  const { broadcastPolicy } = owner.policies;
  const room = owner.limits.outboundBytesHigh - frame.length;
  if (broadcastPolicy === "disconnect" || outbound.bytes <= room) return;
  outbound.flush();
  if (outbound.bytes <= room) return;
  const dropped = outbound.dropBroadcasts(broadcastPolicy === "keep_latest" ? 0 : room);
  if (dropped > 0) owner.sessionSlow(session, dropped);
}
