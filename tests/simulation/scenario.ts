// What a seed stands for: a network, a server, and how many clients of which manners.

import { Prng } from "../../src/base/prng.ts";
import { chat } from "../../src/handlers/chat.ts";
import { echo } from "../../src/handlers/echo.ts";
import type { Range } from "../../src/runtime/sim/network.ts";
import type { Handler } from "../../src/server/handler.ts";
import type { Server } from "../../src/server/server.ts";
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

export interface Scenario {
  readonly handler: (typeof HANDLERS)[number];
  readonly stage: Omit<StageOptions, "handler">;
  readonly clients: readonly Manner[];
  /** How often clients act, and how long there is between two times. */
  readonly rounds: number;
  readonly roundMs: Range;
}

/** The scenario of `seed`. */
export function scenarioOf(seed: number): Scenario {
  const prng = new Prng(seed);
  const pick = <T>(...options: T[]): T => options[prng.between(0, options.length - 1)]!;
  const clients = Array.from({ length: prng.between(1, 24) }, () => pick(...MANNERS));
  const heartbeatIntervalMs = pick(500, 3000, 10_000);
  const outboundBytesHigh = pick(1024, 8192, 262_144);
  const latencyMsMost = pick(1, 5, 100);
  return {
    handler: pick(...HANDLERS),
    clients,
    rounds: prng.between(5, 30),
    roundMs: pick<Range>([0, 5], [1, 200], [100, 1000]),
    stage: {
      seed,
      handshakeRequired: prng.chance(0.8),
      limits: {
        maxConnections: prng.chance(0.2) ? prng.between(1, 10) : 1000,
        heartbeatIntervalMs,
        sessionTimeoutMs: heartbeatIntervalMs * pick(2, 3, 4),
        handshakeTimeoutMs: pick(100, 1000, 5000),
        handshakeFrameBytesMax: pick(128, 8192),
        frameBytesMax: pick(8192, 100_000, 16_777_216),
        frameTimeoutMs: pick(100, 1000, 60_000),
        idleAfterMs: pick(100, 2000, 60_000),
        requestTimeoutMs: pick(10, 500, 5000),
        outboundBytesHigh,
        outboundBytesMax: outboundBytesHigh * pick(1, 4),
        stallTimeoutMs: pick(300, 2000, 10_000),
        drainGraceMs: pick(0, 300, 3000),
        drainSpreadMs: pick(0, 30_000),
      },
      network: {
        latencyMs: [prng.between(1, latencyMsMost), latencyMsMost],
        segmentBytes: pick<Range>([1, 60], [1, 3000], [1000, 65_536], [65_536, 65_536]),
        // What is under way at once bounds how much arrives in a second: 50 kB at the least.
        bufferBytes: pick(100 * latencyMsMost, 65_536),
        shortWriteChance: pick(0, 0.1, 0.5),
        stallChance: pick(0, 0, 0.01),
        stallMs: [10, 1500],
        resetChance: pick(0, 0, 0.002),
      },
    },
  };
}

/** The handler of a scenario. `late` answers after a while, or fails; the others are what ships. */
export function handlerOf(
  { handler }: Scenario,
  prng: Prng,
  clock: () => Clock,
): (server: Server) => Handler {
  if (handler === "echo") return echo;
  if (handler === "chat") return chat;
  return () => ({
    request(session, { idHigh, idLow, payload }) {
      if (prng.chance(0.05)) throw new Error("The handler fails");
      const copy = new Uint8Array(payload);
      clock().schedule(prng.between(0, 1500), () => session.answer(idHigh, idLow, copy));
    },
    notification() {
      if (prng.chance(0.05)) throw new Error("The handler fails");
    },
  });
}
