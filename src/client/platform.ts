// What a client stands on: sockets, time, chance. Handed in, so that it runs on any runtime and in the simulator.

import { Prng } from "../base/prng.ts";
import { readU32 } from "../codec/frame.ts";
import { TimerWheel } from "../server/timer_wheel.ts";
import type { Host } from "../transport/host.ts";
import type { Clock, Transport } from "../transport/transport.ts";

/** The part of a host that a client needs. */
export type ClientHost = Pick<Host, "clock" | "randomBytes" | "transport">;

/** Shared by all clients of a program: one timer serves them all. */
export interface Platform {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  /** From 0 up to, not including, 1; for spreading, not for secrets. */
  random(): number;
  /** Calls `callback` once the code that runs now is through: what is sent until then goes out in one write. */
  defer(callback: () => void): void;
  /** Hears what the program's own listeners threw. */
  onFault(error: unknown): void;
}

/**
 * @param defer How to wait for the end of the code that runs now.
 * @param onFault By default a fault of the program's comes out as an uncaught error, where it is seen.
 */
export function makePlatform(
  { clock, randomBytes, transport }: ClientHost,
  defer: Platform["defer"] = queueMicrotask,
  onFault: Platform["onFault"] = (error) =>
    defer(() => {
      throw error;
    }),
): Platform {
  const prng = new Prng(readU32(randomBytes(4), 0));
  return {
    clock,
    defer,
    onFault,
    transport: transport(onFault),
    wheel: new TimerWheel(clock, (fire) => fire()),
    random: () => prng.unit(),
  };
}
