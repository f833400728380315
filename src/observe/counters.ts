// Numbers a server counts as it runs: plain fields that cost nothing to raise, read when somebody asks.

import type { CodeName } from "../codec/codes.ts";
import { Latencies } from "./latencies.ts";

/** Frames by type byte: index 0x10 counts Requests. */
export type FramesByType = Float64Array;

/** Everything counted since the server started. Only what cannot be read off the live sessions is here. */
export class Counters {
  /**
   * Connections accepted, refused ones included. With `restored` and `takenOver` it equals the open sessions, those who
   * wait at the door or for their client, the sum of `closed`, `resumed`, `kept`, and `moved`.
   */
  accepted = 0;
  /** Connections on which a session was continued. */
  resumed = 0;
  /** Sessions of an earlier process that waited here from the start. */
  restored = 0;
  /** Sessions that were kept for the next process. */
  kept = 0;
  /** Sessions that came from another node, and that went to one. */
  takenOver = 0;
  moved = 0;
  /** Connections that ended without having sent a byte: probes of load balancers. */
  probes = 0;
  /** Pings of ours that were answered late or not at all. */
  heartbeatsMissed = 0;
  bytesReceived = 0;
  bytesSent = 0;
  readonly framesReceived: FramesByType = new Float64Array(256);
  readonly framesSent: FramesByType = new Float64Array(256);
  /** Well-formed frames nobody expected from that side or in that state; dropped. */
  readonly framesUnexpected: FramesByType = new Float64Array(256);
  /** Ended sessions by code name and who ended them: the key is `name,by`. */
  readonly closed: Map<string, number> = new Map();
  /** Connections refused at the door, by code name. */
  readonly refused: Map<string, number> = new Map();
  /** Broadcasts given to sessions: those that are queued, and those for sessions that do not keep up. */
  readonly broadcasts: Record<"queued" | "slow", number> = { queued: 0, slow: 0 };
  /** Broadcasts dropped for peers that did not keep up. */
  broadcastsDropped = 0;
  /** How often a limit was passed, enforced or observed, by code name. */
  readonly limitHits: Map<string, number> = new Map();
  /** Errors sent, by code name. */
  readonly errors: Map<string, number> = new Map();
  readonly latencies: Latencies = new Latencies();
}

/** Adds one to the counter `key`. */
export function count(
  counters: Map<string, number>,
  key: CodeName | "application" | `${CodeName},${string}`,
): void {
  counters.set(key, (counters.get(key) ?? 0) + 1);
}
