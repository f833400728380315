// Every bound of the server that may be configured: default, least, most, unit (in the name) and reason.

import { assert } from "../base/assert.ts";
import { FRAME_BYTES_CEILING, LENGTH_MIN, PING_PAYLOAD_BYTES_MAX } from "./wire.ts";

/** One number somebody may set, and what it may be; `min` and `max` are inclusive. */
export interface Bound {
  /** What holds where nobody set it. */
  readonly default: number;
  /** The least. */
  readonly min: number;
  /** The most. */
  readonly max: number;
}

function bound(byDefault: number, min: number, max: number): Bound {
  assert(min <= byDefault && byDefault <= max, "a default is one of the allowed values");
  return { default: byDefault, min, max };
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

/** The lowest bound on a frame that may be set: a Ping of the longest payload (73) is legal everywhere. */
const FRAME_BYTES_LEAST = 128;

/**
 * The table. Durations are milliseconds, sizes bytes.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { BOUNDS, createServer } from "tcp-server";
 *
 * const { min, max } = BOUNDS.maxConnections;
 * assert.deepEqual([min, max], [1, 1_000_000]);
 * await assert.rejects(createServer({ limits: { maxConnections: max + 1 } }), RangeError);
 * ```
 */
export const BOUNDS = {
  /** Sessions at once. A million is past what one machine's descriptors and memory hold here. */
  maxConnections: bound(10_000, 1, 1_000_000),

  /**
   * Silence after which the server sends a Ping. 30 s stays under the idle time-outs of NAT boxes and load balancers
   * (60 s and up).
   */
  heartbeatIntervalMs: bound(30 * SECOND, 100, HOUR),

  /** The shortest interval that a client's wish is held to: below 10 s a radio never sleeps. */
  heartbeatIntervalMinMs: bound(10 * SECOND, 100, HOUR),

  /** The longest, and how far a stable session's interval grows: a minute keeps most NAT mappings alive. */
  heartbeatIntervalMaxMs: bound(60 * SECOND, 100, HOUR),

  /** Silence after which a session is stale; three heartbeats, so that one lost answer ends nothing. */
  sessionTimeoutMs: bound(90 * SECOND, 300, 24 * HOUR),

  /** From accept to a complete Handshake: enough for a slow radio link, too short to hoard sockets. */
  handshakeTimeoutMs: bound(5 * SECOND, 100, 10 * MINUTE),

  /** The most a frame's length field may say before the handshake is done: room for a credential, not for a payload. */
  handshakeFrameBytesMax: bound(8 * KIB, FRAME_BYTES_LEAST, MIB),

  /** An Active session without application frames for this long is Idle. */
  idleAfterMs: bound(5 * MINUTE, SECOND, 24 * HOUR),

  /** The most a frame's length field may say after the handshake. */
  frameBytesMax: bound(FRAME_BYTES_CEILING, FRAME_BYTES_LEAST, FRAME_BYTES_CEILING),

  /** A frame that has begun must be complete by then: 16 MiB in a minute is a slow mobile link. */
  frameTimeoutMs: bound(MINUTE, 100, HOUR),

  /**
   * New sessions a second; 0: any number. More are accepted, wait unread, and are admitted in order: a storm of
   * returning clients becomes a queue, and the sessions that live are served meanwhile.
   */
  acceptRate: bound(0, 0, 1_000_000),

  /**
   * Sessions from one address (IPv6: one /64, which is what one customer gets); 0: any number. Off, because many users
   * share one address behind carrier NAT.
   */
  connectionsPerAddress: bound(0, 0, 1_000_000),

  /** Sessions of one user; 0: any number. Off: only the application knows how many devices a user has. */
  sessionsPerUser: bound(0, 0, 1_000_000),

  /** Requests of one session that run at once: enough to fill a long path, few enough to bound what handlers hold. */
  requestsInFlight: bound(256, 1, 1_000_000),

  /** Frames one session may send in a second, on average; 0: any number. Twice that may come at once. */
  framesPerSecond: bound(0, 0, 10_000_000),

  /** The same for its bytes. */
  bytesPerSecond: bound(0, 0, GIB),

  /**
   * From a Request to its handler's answer, and from a question to the client's, where nobody names a time. A peer that
   * sent FIN waits as long for the answers to what it had asked.
   */
  requestTimeoutMs: bound(10 * SECOND, 10, HOUR),

  /** Queued bytes over which reading from the peer that causes them pauses. */
  outboundBytesHigh: bound(256 * KIB, KIB, 64 * MIB),

  /** Queued bytes behind the frame being sent over which the peer is a slow consumer. */
  outboundBytesMax: bound(MIB, KIB, 256 * MIB),

  /** A peer that takes no byte for this long, while some wait for it, is a slow consumer. */
  stallTimeoutMs: bound(10 * SECOND, 100, HOUR),

  /**
   * What the queues of all sessions may hold together, as a share (percent) of the memory the process may use. Ten
   * thousand queues that are each within bounds are 10 GB: a quarter leaves room for the sessions and the runtime.
   */
  outboundBudgetPercent: bound(25, 1, 90),

  /** The same for incomplete frames: a thousand peers that send 16 MiB each and stop in the middle are 16 GB. */
  inboundBudgetPercent: bound(25, 1, 90),

  /** How long a session that lost its connection waits for its client: a tunnel, a lift, a server's restart. */
  resumeWindowMs: bound(2 * MINUTE, SECOND, 24 * HOUR),

  /**
   * Frames a resumable session keeps that its client has not acknowledged, and as many of its last answers. A client
   * acknowledges every 64 frames or 64 KiB.
   */
  resumeFramesMax: bound(256, 1, 1_000_000),

  /** The same in bytes, each. */
  resumeBytesMax: bound(256 * KIB, KIB, 64 * MIB),

  /** Sessions that wait at once, in place of which no others are kept; over it the oldest is given up. 0: no resume. */
  resumeSessionsMax: bound(20_000, 0, 1_000_000),

  /** How long running requests may finish once the server drains. */
  drainGraceMs: bound(10 * SECOND, 0, HOUR),

  /** The time over which a draining server tells its clients to come back, so that they do not come at once. */
  drainSpreadMs: bound(30 * SECOND, 0, HOUR),
} satisfies Record<string, Bound>;

/** The bounds a server runs with. */
export type ServerLimits = { readonly [Name in keyof typeof BOUNDS]: number };

/**
 * Every bound at its default.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { createServer, DEFAULT_LIMITS } from "tcp-server";
 *
 * const server = await createServer({ limits: { stallTimeoutMs: DEFAULT_LIMITS.stallTimeoutMs / 2 } });
 * assert.equal(server.limits.stallTimeoutMs, 5_000);
 * assert.equal(server.limits.idleAfterMs, DEFAULT_LIMITS.idleAfterMs);
 * await server.drain();
 * ```
 */
export const DEFAULT_LIMITS: ServerLimits = Object.freeze(
  Object.fromEntries(Object.entries(BOUNDS).map(([name, { default: value }]) => [name, value])),
) as ServerLimits;

/** What must hold between two bounds, beyond each one's own range. */
export interface Relation {
  readonly less: keyof ServerLimits;
  readonly more: keyof ServerLimits;
  /** `less * factor <= more` must hold. */
  readonly factor: number;
  /** How many times `less` shall fit into `more` where one of them is chosen to suit the other. */
  readonly fits: number;
  /** What is wrong otherwise, said of `less`. */
  readonly message: string;
}

/** Every relation. */
export const RELATIONS: readonly Relation[] = [
  {
    less: "heartbeatIntervalMs",
    more: "sessionTimeoutMs",
    factor: 1.5,
    fits: 3,
    message:
      "must be at most two thirds of session_timeout, so that a Ping can be answered in time",
  },
  {
    less: "heartbeatIntervalMs",
    more: "heartbeatIntervalMaxMs",
    factor: 1,
    fits: 1,
    message: "must be at most heartbeat.interval_max",
  },
  {
    less: "heartbeatIntervalMaxMs",
    more: "sessionTimeoutMs",
    factor: 1.5,
    fits: 1.5,
    message:
      "must be at most two thirds of session_timeout, so that a Ping can be answered in time",
  },
  {
    less: "heartbeatIntervalMinMs",
    more: "heartbeatIntervalMs",
    factor: 1,
    fits: 1,
    message: "must be at most heartbeat_interval",
  },
  {
    less: "heartbeatIntervalMinMs",
    more: "heartbeatIntervalMaxMs",
    factor: 1,
    fits: 1,
    message: "must be at most heartbeat.interval_max",
  },
  {
    less: "heartbeatIntervalMinMs",
    more: "sessionTimeoutMs",
    factor: 1.5,
    fits: 3,
    message:
      "must be at most two thirds of session_timeout, so that a Ping can be answered in time",
  },
  {
    less: "outboundBytesHigh",
    more: "outboundBytesMax",
    factor: 1,
    fits: 1,
    message: "must be at most outbound.bytes_max",
  },
  {
    less: "resumeBytesMax",
    more: "outboundBytesMax",
    factor: 1,
    fits: 1,
    message: "must be at most outbound.bytes_max, so that what was missed can be sent at once",
  },
  {
    less: "handshakeFrameBytesMax",
    more: "frameBytesMax",
    factor: 1,
    fits: 1,
    message: "must be at most limits.frame_bytes_max",
  },
];

/** Whether `relation` holds between `limits`. */
export function holds({ less, more, factor }: Relation, limits: ServerLimits): boolean {
  return limits[less] * factor <= limits[more];
}

/** What is wrong with `limits`, in sentences; nothing, mostly. */
export function mistakesIn(limits: ServerLimits): string[] {
  const outOfBounds = Object.entries(BOUNDS).flatMap(([name, { min, max }]) => {
    const value = limits[name as keyof ServerLimits];
    if (Number.isInteger(value) && min <= value && value <= max) return [];
    return [`${name} is ${value}, allowed: an integer from ${min} to ${max}`];
  });
  const unfit = RELATIONS.filter((relation) => !holds(relation, limits));
  return [
    ...outOfBounds,
    ...unfit.map(({ less, more, factor }) =>
      `${less} is ${limits[less]}, times ${factor} it must be at most ${more}, which is ${
        limits[more]
      }`
    ),
  ];
}

assert(
  RELATIONS.every((relation) => holds(relation, DEFAULT_LIMITS)),
  "the defaults agree with each other",
);
assert(FRAME_BYTES_LEAST >= LENGTH_MIN + PING_PAYLOAD_BYTES_MAX, "any legal Ping fits");
