// What a program chooses when it connects, with every default, checked once.

import { CLIENT_BOUNDS, type ClientLimits } from "../limits/client.ts";
import type { Address } from "../transport/transport.ts";
import type { Feature } from "./handshake.ts";

/** Where to connect, as whom, and what to do without a connection. Numbers are integers. */
export interface ClientOptions {
  /** An IP address, or a name that the runtime looks up with each attempt. */
  readonly address: Address;
  /**
   * The credential, where the server asks for one. A function is called before the first attempt, and again when the
   * server asks for a new one (`unauthorized`); a text that is refused closes the client.
   */
  readonly token?: string | (() => string | Promise<string>);
  /** The user this client is; servers that ask for a credential take it from there instead. At most 128 characters. */
  readonly user?: string;
  /** Labels the server can filter by: at most 16, of at most 64 characters. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Product and version, e.g. `meter/2.1`, for the server's log. At most 64 characters. */
  readonly client?: string;
  /** What to ask the server for; it grants what it has. @default ["routes", "resume"] */
  readonly features?: readonly Feature[];
  /** The heartbeat interval the client would like, in milliseconds; the server holds it within bounds. */
  readonly heartbeatMs?: number;
  /**
   * What becomes of calls while there is no connection: they wait for the next one, bounded by their own time-out and
   * by `framesMax` and `bytesMax`, or they fail at once with `transport_lost`. @default "wait"
   */
  readonly whileDisconnected?: "wait" | "fail";
  /** Milliseconds from dialing to an open session, 100 to 600_000. @default 10_000 */
  readonly connectTimeoutMs?: number;
  /** Milliseconds from a call to its answer, where the call names no time of its own; 1 to 86_400_000. @default 30_000 */
  readonly requestTimeoutMs?: number;
  /** Requests without an answer, and frames that wait to be sent, each; 1 to 1_000_000. @default 65_536 */
  readonly framesMax?: number;
  /** Bytes of both together, 1024 to 1_073_741_824; an empty queue takes any one frame. @default 33_554_432 (32 MiB) */
  readonly bytesMax?: number;
}

/** Everything decided. */
export type Settings =
  & ClientOptions
  & Required<Pick<ClientOptions, "features" | "whileDisconnected">>
  & ClientLimits;

/** @throws {RangeError} If a number is out of its bounds. */
export function settle(options: ClientOptions): Settings {
  const limits = Object.fromEntries(
    Object.entries(CLIENT_BOUNDS).map(([name, { default: value, min, max }]) => {
      const chosen = options[name as keyof ClientLimits] ?? value;
      if (!Number.isInteger(chosen) || chosen < min || chosen > max) {
        throw new RangeError(`Cannot use ${name} ${chosen}: it must be from ${min} to ${max}`);
      }
      return [name, chosen];
    }),
  ) as ClientLimits;
  const { features = ["routes", "resume"], whileDisconnected = "wait" } = options;
  return { ...options, features, whileDisconnected, ...limits };
}
