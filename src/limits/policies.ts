// What a server does where there is a choice: every setting that is not a number, with its default and reason.

/** What a Broadcast does that finds more than `outboundBytesHigh` waiting for its receiver. */
export const BROADCAST_POLICIES = ["disconnect", "drop_oldest", "keep_latest"] as const;

export type BroadcastPolicy = (typeof BROADCAST_POLICIES)[number];

/** The choices a server runs with. */
export interface Policies {
  /** False: a client may begin with any frame and is then a plain one. */
  readonly handshakeRequired: boolean;

  /** Whether the heartbeat interval of a session that always answers in time grows: fewer Pings, less radio. */
  readonly heartbeatAdaptive: boolean;

  /**
   * - `disconnect`: it is queued, and over `outboundBytesMax` the session ends as a slow consumer: nothing is lost
   *   unsaid.
   * - `drop_oldest`: Broadcasts that waited longest make room.
   * - `keep_latest`: all that wait make room: for positions and prices, where only the last one counts.
   */
  readonly broadcastPolicy: BroadcastPolicy;
}

/** Every choice at its default. */
export const DEFAULT_POLICIES: Policies = Object.freeze({
  handshakeRequired: true,
  heartbeatAdaptive: true,
  broadcastPolicy: "disconnect",
});
