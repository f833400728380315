// How often each address tried a wrong token lately: a bounded table.

import { LOGIN_ADDRESSES_MAX, LOGIN_FAILURES_MAX, LOGIN_WINDOW_SECONDS } from "../limits/admin.ts";
import { addressKey } from "../server/address_key.ts";
import type { Clock } from "../transport/transport.ts";

interface Failures {
  readonly since: number;
  count: number;
}

/** Failed logins by address, each counted from its first one for a minute. */
export class FailedLogins {
  readonly #clock: Pick<Clock, "now">;
  readonly #addresses: Map<string, Failures> = new Map();

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
  }

  /** One more from `host`. Returns the seconds it has to wait, 0 where it had few of them. */
  add(host: string): number {
    const failures = this.#failuresOf(addressKey(host));
    if (++failures.count <= LOGIN_FAILURES_MAX) return 0;
    const endsAt = failures.since + 1000 * LOGIN_WINDOW_SECONDS;
    return Math.max(1, Math.ceil((endsAt - this.#clock.now()) / 1000));
  }

  /** Addresses that are counted. */
  get size(): number {
    return this.#addresses.size;
  }

  #failuresOf(key: string): Failures {
    const now = this.#clock.now();
    const known = this.#addresses.get(key);
    if (known !== undefined && now < known.since + 1000 * LOGIN_WINDOW_SECONDS) return known;
    // Set anew, so that the first one of the map is the one that began longest ago.
    this.#addresses.delete(key);
    if (this.#addresses.size >= LOGIN_ADDRESSES_MAX) {
      this.#addresses.delete(this.#addresses.keys().next().value!);
    }
    const failures = { since: now, count: 0 };
    this.#addresses.set(key, failures);
    return failures;
  }
}
