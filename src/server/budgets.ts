// Budgets of the whole server: over one of them the session that holds most of it goes, and then the next.

import type { ServerLimits } from "../limits/server.ts";
import { abandon, expire } from "../session/ending.ts";
import type { HeldBytes } from "../session/held_bytes.ts";
import type { Session } from "../session/session.ts";
import type { Registry } from "./registry.ts";

/** The two budgets of a server. */
export class Budgets {
  readonly #held: HeldBytes;
  readonly #registries: readonly Registry[];
  readonly #memoryBytes: number;
  #outboundMax = 0;
  #inboundMax = 0;

  /**
   * @param registries Where the sessions are that hold bytes.
   * @param memoryBytes What the process may use.
   */
  constructor(
    held: HeldBytes,
    registries: readonly Registry[],
    limits: ServerLimits,
    memoryBytes: number,
  ) {
    this.#held = held;
    this.#registries = registries;
    this.#memoryBytes = memoryBytes;
    this.resize(limits);
  }

  resize({ outboundBudgetPercent, inboundBudgetPercent }: ServerLimits): void {
    this.#outboundMax = this.#memoryBytes * outboundBudgetPercent / 100;
    this.#inboundMax = this.#memoryBytes * inboundBudgetPercent / 100;
  }

  /** Ends sessions until both budgets hold. Costs two comparisons while they do. */
  enforce(): void {
    while (this.#held.outbound > this.#outboundMax) {
      const taken = this.#endLargest(
        ({ outbound, resumption }) => outbound.bytes + (resumption?.bytes ?? 0),
        "outbound.bytes_budget",
      );
      if (!taken) return;
    }
    while (this.#held.inbound > this.#inboundMax) {
      const taken = this.#endLargest(
        ({ inbound, work }) => inbound.reader.memoryBytes + (work?.heldBytes ?? 0),
        "limits.inbound_bytes_budget",
      );
      if (!taken) return;
    }
  }

  // What sockets of ended sessions hold is gone within their last seconds; only living sessions can be ended.
  #endLargest(bytesOf: (session: Session) => number, budget: string): boolean {
    let largest: Session | null = null;
    let most = 0;
    for (const registry of this.#registries) {
      registry.forEach((session) => {
        const bytes = bytesOf(session);
        if (bytes <= most) return;
        most = bytes;
        largest = session;
      });
    }
    if (largest === null) return false;
    giveUp(largest, `This session holds most of ${budget}, which is used up`);
    return true;
  }
}

// One that waits has nobody to tell. One that is resumable would only wait, and hold what it holds.
function giveUp(session: Session, message: string): void {
  if (session.state === "waiting") return expire(session);
  session.resumption?.clear();
  session.resumption = null;
  abandon(session, "over_budget", message);
}
