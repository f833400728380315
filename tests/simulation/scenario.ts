// What a seed stands for: a network, a server, and how many clients of which manners.

import { Prng } from "../../src/base/prng.ts";
import { chat } from "../../src/handlers/chat.ts";
import { echo } from "../../src/handlers/echo.ts";
import { BROADCAST_POLICIES } from "../../src/limits/policies.ts";
import type { ServerLimits } from "../../src/limits/server.ts";
import type { Range } from "../../src/runtime/sim/network.ts";
import type { App } from "../../src/messaging/app.ts";
import type { Endpoint } from "../../src/messaging/endpoint.ts";
import type { Clock } from "../../src/transport/transport.ts";
import type { StageOptions } from "../unit/server/stage.ts";

/** How a client behaves; what it does in particular is drawn as it goes. */
export const MANNERS = [
  "polite",
  "slow", // stops reading now and then
  "deaf", // stops reading for good
  "floods", // sends many frames at once
  "silent", // says nothing, not even a Handshake
  "rude", // sends what nobody may send
  "mumbles", // begins frames and leaves them
  "leaves", // ends in one of many ways
] as const;

export type Manner = (typeof MANNERS)[number];

export const HANDLERS = ["echo", "chat", "late"] as const;

/** What the `late` handler throws now and then. */
export const HANDLER_FAULT = "The handler fails as it is meant to";

/** How long the `late` handler takes at most. */
export const LATE_MS_MOST = 1500;

export interface Scenario {
  readonly handler: (typeof HANDLERS)[number];
  readonly stage: Omit<StageOptions, "fallback"> & { readonly limits: Partial<ServerLimits> };
  readonly clients: readonly Manner[];
  /** How often clients act, and how long there is between two times. */
  readonly rounds: number;
  readonly roundMs: Range;
  /** Whether nothing but a client's own doing ends its session: the network is good, and there is time for all. */
  readonly isCalm: boolean;
}

/** The scenario of `seed`. */
export function scenarioOf(seed: number): Scenario {
  const prng = new Prng(seed);
  const pick = <T>(...options: T[]): T => options[prng.between(0, options.length - 1)]!;
  const isCalm = prng.chance(0.5);
  const latencyMsMost = isCalm ? pick(1, 5) : pick(1, 5, 100);
  const heartbeatIntervalMs = isCalm ? 3000 : pick(500, 3000, 10_000);
  const sessionTimeoutMs = heartbeatIntervalMs * pick(2, 3, 4);
  const outboundBytesHigh = pick(1024, 8192, 262_144);
  const faults = {
    stallChance: pick(0, 0, 0.01),
    stallMs: [10, 1500],
    resetChance: pick(0, 0, 0.002),
  } as const;
  return {
    isCalm,
    handler: pick(...HANDLERS),
    clients: Array.from({ length: prng.between(1, 24) }, () => pick(...MANNERS)),
    rounds: prng.between(5, 30),
    roundMs: pick<Range>([0, 5], [1, 200], [100, 1000]),
    stage: {
      seed,
      handshakeRequired: prng.chance(0.8),
      policies: { broadcastPolicy: pick(...BROADCAST_POLICIES) },
      // The budgets are a quarter of it.
      memoryBytes: isCalm || prng.chance(0.7) ? 2 ** 40 : pick(10_000, 1_000_000),
      limits: {
        maxConnections: prng.chance(0.2) ? prng.between(1, 10) : 1000,
        acceptRate: isCalm ? 0 : pick(0, 0, 1, 20),
        connectionsPerAddress: isCalm ? 0 : pick(0, 0, 0, 8),
        requestsInFlight: pick(2, 256),
        framesPerSecond: isCalm ? 0 : pick(0, 0, 0, 10),
        heartbeatIntervalMs,
        heartbeatIntervalMinMs: heartbeatIntervalMs,
        heartbeatIntervalMaxMs: sessionTimeoutMs / 1.5,
        sessionTimeoutMs,
        handshakeTimeoutMs: isCalm ? 5000 : pick(100, 1000, 5000),
        handshakeFrameBytesMax: pick(128, 8192),
        frameBytesMax: pick(50_000, 16_777_216),
        frameTimeoutMs: isCalm ? 10_000 : pick(100, 1000, 10_000),
        idleAfterMs: pick(100, 2000, 60_000),
        requestTimeoutMs: isCalm ? 5000 : pick(10, 500, 5000),
        outboundBytesHigh,
        outboundBytesMax: isCalm ? 16_777_216 : outboundBytesHigh * pick(1, 4),
        stallTimeoutMs: isCalm ? 60_000 : pick(300, 2000, 10_000),
        drainGraceMs: isCalm ? 5000 : pick(0, 300, 3000),
        drainSpreadMs: pick(0, 30_000),
        resumeWindowMs: pick(1000, 20_000),
        resumeFramesMax: pick(2, 256),
        resumeBytesMax: 1024,
      },
      network: {
        latencyMs: [prng.between(1, latencyMsMost), latencyMsMost],
        segmentBytes: pick<Range>([1, 60], [1, 3000], [1000, 65_536], [65_536, 65_536]),
        // What is under way at once bounds how much arrives in a second.
        bufferBytes: pick((isCalm ? 1000 : 100) * latencyMsMost, 65_536),
        shortWriteChance: pick(0, 0.1, 0.5),
        ...(isCalm ? {} : faults),
      },
    },
  };
}

/** The handler of a scenario. `late` answers after a while, or fails; the others are what ships. */
export function handlerOf(
  { handler }: Scenario,
  prng: Prng,
  clock: () => Clock,
): (app: App) => Endpoint {
  if (handler === "echo") return echo;
  if (handler === "chat") return chat;
  return () => ({
    request(session, { idHigh, idLow, payload }) {
      if (prng.chance(0.05)) throw new Error(HANDLER_FAULT);
      const copy = new Uint8Array(payload);
      clock().schedule(prng.between(0, LATE_MS_MOST), () => session.answer(idHigh, idLow, copy));
    },
    notification() {
      if (prng.chance(0.05)) throw new Error(HANDLER_FAULT);
    },
  });
}
