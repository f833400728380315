// What is left of a session here once another node has it: what still runs here is answered there.

import type { Delivery } from "./owner.ts";

/** The way to the node that has the session now. */
export interface Relay {
  /** A handler that still ran here answered: with this frame, a Response or an Error. */
  answered(frame: Uint8Array): void;
  /** Something still holds the session here, and sends this application frame to it. */
  push(frame: Uint8Array): Delivery;
}
