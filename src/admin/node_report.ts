// What one node says of itself: its state and its sums. What there is once in a process is not in it.

import type { NodeId } from "../bus/bus.ts";
import { FRAME_TYPE_NAMES } from "../codec/frame.ts";
import type { FramesByType } from "../observe/counters.ts";
import type { NodeContext } from "./context.ts";

type Counts = Record<string, number>;

/** The sums of one node, or of several. */
export type NodeSums = {
  readonly sessions: {
    total: number;
    connecting: number;
    active: number;
    idle: number;
    waiting: number;
  };
  readonly counts: {
    accepted: number;
    resumed: number;
    probes: number;
    refused: Counts;
    closed: Counts;
    errors: Counts;
    limits: Counts;
    framesReceived: Counts;
    framesSent: Counts;
    bytesReceived: number;
    bytesSent: number;
    heartbeatsMissed: number;
  };
  readonly held: {
    outboundBytes: number;
    outboundBudgetBytes: number;
    inboundBytes: number;
    inboundBudgetBytes: number;
  };
};

/** All of it, as JSON. */
export interface NodeReport {
  readonly node: NodeId;
  readonly state: "starting" | "running" | "draining";
  readonly sums: NodeSums;
  readonly eventLoopLagMs: number;
  readonly headroom: number;
  readonly isOverBudget: boolean;
}

/** What this node says. */
export function reportOf(context: NodeContext): NodeReport {
  const { server, vitals, listening, worker } = context;
  const isUp = listening() !== undefined;
  return {
    node: worker,
    state: server.isDraining ? "draining" : isUp ? "running" : "starting",
    sums: sumsOf(context),
    eventLoopLagMs: vitals.lagMs,
    headroom: vitals.headroom,
    isOverBudget: vitals.overBudget.length > 0,
  };
}

function sumsOf({ server, vitals }: NodeContext): NodeSums {
  const { held, counters } = server;
  return {
    sessions: {
      total: server.registry.size,
      ...sessionsByState({ server }),
      waiting: server.waiting.registry.size,
    },
    counts: {
      accepted: counters.accepted,
      resumed: counters.resumed,
      probes: counters.probes,
      refused: Object.fromEntries(counters.refused),
      closed: Object.fromEntries(counters.closed),
      errors: Object.fromEntries(counters.errors),
      limits: Object.fromEntries(counters.limitHits),
      framesReceived: byTypeName(counters.framesReceived),
      framesSent: byTypeName(counters.framesSent),
      bytesReceived: counters.bytesReceived,
      bytesSent: counters.bytesSent,
      heartbeatsMissed: counters.heartbeatsMissed,
    },
    held: {
      outboundBytes: held.outbound,
      outboundBudgetBytes: Math.floor(vitals.outboundBudgetBytes),
      inboundBytes: held.inbound,
      inboundBudgetBytes: Math.floor(vitals.inboundBudgetBytes),
    },
  };
}

/** How many live sessions are in each state, counted now. */
export function sessionsByState(
  { server }: Pick<NodeContext, "server">,
): { connecting: number; active: number; idle: number } {
  const sums = { connecting: 0, active: 0, idle: 0 };
  server.registry.forEach(({ state }) => {
    if (state === "connecting" || state === "active" || state === "idle") sums[state]++;
  });
  return sums;
}

/** Each type of frame with its count. */
export function byTypeName(frames: FramesByType): Counts {
  return Object.fromEntries(
    Object.entries(FRAME_TYPE_NAMES).map(([type, name]) => [name, frames[Number(type)]!]),
  );
}
