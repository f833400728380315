// What a transport brings along to be held to the contract, and what a case of the suite looks like.

import type { Clock, Transport } from "../../src/transport/transport.ts";
import type { Stage } from "./stage.ts";

/** A transport with its clock, and ways to let time pass. */
export interface Platform {
  readonly transport: Transport;
  readonly clock: Clock;

  /**
   * Lets time pass until `condition` holds. It is looked at again after each `changed()`; nothing sleeps.
   *
   * @throws {Error} If it never does; the message names `what` was waited for.
   */
  until(what: string, condition: () => boolean): Promise<void>;

  /** Something changed that a condition may look at. */
  changed(): void;

  /** Lets all that is under way happen, as far as nobody is waited for: to show that something does not happen. */
  settle(): Promise<void>;

  /** Called when all connections and listeners are gone. @throws {Error} If something else is left. */
  close(): void;
}

/** Makes a platform for each case. */
export interface Harness {
  readonly name: string;
  /** @param onFault Hears of what handlers threw. */
  platform(onFault: (error: unknown) => void): Platform;
}

/** What is claimed of every transport, and how to see it: a case fails when its claim is broken. */
export type Cases = Readonly<Record<string, (stage: Stage) => Promise<void>>>;
