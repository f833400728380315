// What a seed stands for in the simulation of clients that come back: a network, a server with small limits, and what
// each client asks for.

import { Prng } from "../../src/base/prng.ts";
import type { ClientOptions } from "../../src/client/options.ts";
import { BROADCAST_POLICIES, USER_POLICIES } from "../../src/limits/policies.ts";
import type { ServerLimits } from "../../src/limits/server.ts";
import type { Range } from "../../src/runtime/sim/network.ts";
import type { StageOptions } from "../unit/server/stage.ts";

/** What a client is told when it is made. */
export type ClientPlan = Omit<ClientOptions, "address"> & Required<Pick<ClientOptions, "features">>;

export interface ResumeScenario {
  readonly stage: StageOptions & { readonly limits: Partial<ServerLimits> };
  readonly clients: readonly ClientPlan[];
  /** How often clients and server act, and how long there is between two times. */
  readonly rounds: number;
  readonly roundMs: Range;
  /** That a connection breaks in a round: both sides hear of it, or neither does. */
  readonly resetChance: number;
  readonly cutChance: number;
  /** That a client closes for good in a round, and that the server kicks one. */
  readonly closeChance: number;
  readonly kickChance: number;
  /** The rounds after which another process takes the place of the server: after a drain, or after a crash. */
  readonly restarts: ReadonlyMap<number, "drain" | "crash">;
  /** Whether the server drains in the middle of everything, instead of when all is said. */
  readonly drainsEarly: boolean;
  /** Whether there is room for every client, so that each of them gets all that is its own. */
  readonly isRoomy: boolean;
}

/** The scenario of `seed`. */
export function resumeScenarioOf(seed: number): ResumeScenario {
  const prng = new Prng(seed);
  const pick = <T>(...options: T[]): T => options[prng.between(0, options.length - 1)]!;
  const count = prng.between(1, 24);
  const isRoomy = prng.chance(0.8);
  const latencyMsMost = pick(1, 5, 100);
  const heartbeatIntervalMs = pick(500, 3000, 10_000);
  const sessionTimeoutMs = heartbeatIntervalMs * pick(2, 3, 4);
  const outboundBytesHigh = pick(1024, 8192, 262_144);
  const outboundBytesMax = outboundBytesHigh * pick(1, 4);
  const resumeBytesMax = pick(1024, Math.min(outboundBytesMax, 65_536));
  const users = prng.between(1, count);
  const planOf = (): ClientPlan => ({
    features: pick<ClientPlan["features"]>(["routes", "resume"], ["routes", "resume"], ["resume"], [
      "routes",
    ], []),
    ...(prng.chance(0.5) ? { user: `user ${prng.between(1, users)}` } : {}),
    ...(prng.chance(0.5) ? { heartbeatMs: pick(100, 2000, 60_000) } : {}),
    whileDisconnected: pick("wait", "wait", "fail"),
    connectTimeoutMs: pick(500, 10_000),
    requestTimeoutMs: pick(300, 5000, 20_000),
    framesMax: pick(4, 65_536),
    bytesMax: pick(1024, 33_554_432),
  });
  const rounds = prng.between(5, 30);
  const restarts = Array.from({ length: pick(0, 0, 1, 2) }, () => {
    return [prng.between(2, rounds - 1), pick("drain", "drain", "crash")] as const;
  });
  return {
    isRoomy,
    restarts: new Map(restarts),
    clients: Array.from({ length: count }, planOf),
    rounds,
    roundMs: pick<Range>([0, 5], [1, 200], [100, 3000]),
    resetChance: pick(0, 0.02, 0.1),
    cutChance: pick(0, 0.02, 0.1),
    closeChance: pick(0, 0.01),
    kickChance: pick(0, 0.1),
    drainsEarly: prng.chance(0.3),
    stage: {
      seed,
      policies: {
        broadcastPolicy: pick(...BROADCAST_POLICIES),
        sessionsPerUserPolicy: pick(...USER_POLICIES),
      },
      // The budgets are a quarter of it.
      memoryBytes: isRoomy || prng.chance(0.5) ? 2 ** 40 : pick(10_000, 100_000),
      limits: {
        maxConnections: isRoomy ? 1000 : pick(1, 10, 1000),
        acceptRate: pick(0, 0, 20),
        connectionsPerAddress: isRoomy ? pick(0, 1000) : pick(0, 8),
        sessionsPerUser: isRoomy ? 0 : pick(0, 1, 2),
        requestsInFlight: pick(2, 8, 256),
        heartbeatIntervalMs,
        // A heartbeat that is quicker than the network only finds dead who lives.
        heartbeatIntervalMinMs: latencyMsMost < 100 ? pick(100, 500) : 500,
        heartbeatIntervalMaxMs: sessionTimeoutMs / 1.5,
        sessionTimeoutMs,
        handshakeTimeoutMs: pick(1000, 5000),
        frameTimeoutMs: pick(1000, 10_000),
        idleAfterMs: pick(1000, 60_000),
        requestTimeoutMs: pick(100, 500, 5000),
        outboundBytesHigh,
        outboundBytesMax,
        stallTimeoutMs: pick(300, 2000, 10_000),
        drainGraceMs: pick(0, 300, 3000),
        drainSpreadMs: pick(0, 30_000),
        resumeWindowMs: pick(1000, 20_000, 120_000),
        resumeFramesMax: pick(1, 3, 256),
        resumeBytesMax,
        resumeSessionsMax: pick(0, 1, 3, 1000, 1000),
      },
      network: {
        latencyMs: [prng.between(1, latencyMsMost), latencyMsMost],
        segmentBytes: pick<Range>([1, 60], [1, 3000], [1000, 65_536], [65_536, 65_536]),
        bufferBytes: pick(1000 * latencyMsMost, 65_536),
        shortWriteChance: pick(0, 0.1, 0.5),
        stallChance: pick(0, 0, 0.01),
        stallMs: [10, 1500],
        resetChance: pick(0, 0, 0.002),
      },
    },
  };
}
