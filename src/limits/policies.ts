// What a server does where there is a choice: every setting that is not a number, with its default and reason.

/** What a Broadcast does that finds more than `outboundBytesHigh` waiting for its receiver. */
export const BROADCAST_POLICIES = ["disconnect", "drop_oldest", "keep_latest"] as const;

/** One of them; what each means is said at `Policies.broadcastPolicy`. */
export type BroadcastPolicy = (typeof BROADCAST_POLICIES)[number];

/** Whether limits per address, user and rate are kept, or only counted and logged. */
export const LIMITS_MODES = ["enforce", "observe"] as const;

/** One of them; what each means is said at `Policies.limitsMode`. */
export type LimitsMode = (typeof LIMITS_MODES)[number];

/** What happens when a user comes once more than `sessionsPerUser` allows. */
export const USER_POLICIES = ["replace_oldest", "refuse"] as const;

/** One of them: the session of the user that is oldest ends as `replaced`, or the new one as `too_many_for_user`. */
export type UserPolicy = (typeof USER_POLICIES)[number];

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

  /**
   * `observe` tells who would be hit before it hurts. It is for the limits per address, user, rate and running requests;
   * frame sizes, `maxConnections` and budgets are always kept.
   */
  readonly limitsMode: LimitsMode;

  /** The newest session is most likely the one whose user looks at the screen, so by default the oldest makes room. */
  readonly sessionsPerUserPolicy: UserPolicy;
}

/** Every choice at its default. */
export const DEFAULT_POLICIES: Policies = Object.freeze({
  handshakeRequired: true,
  heartbeatAdaptive: true,
  broadcastPolicy: "disconnect",
  limitsMode: "enforce",
  sessionsPerUserPolicy: "replace_oldest",
});
