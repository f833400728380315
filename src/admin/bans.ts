// Who may not come in: users and networks, for a time or for good. It knows no sessions; whoever opens the door asks it.

import { formatNetwork, type Network, parseAddress, parseNetwork } from "../base/cidr.ts";
import { BANS_MAX } from "../limits/admin.ts";

/** Whom a ban is for. */
export type BanTarget = { readonly user: string } | { readonly address: string };

export interface Ban {
  readonly target: BanTarget;
  readonly reason: string;
  /** Milliseconds since 1970; Infinity where it does not end. */
  readonly expiresAt: number;
  readonly createdAt: number;
}

/** What changed in a list: a ban came, or the one of a target went before its time. */
export type BanChange = { readonly came: Ban } | { readonly gone: BanTarget };

/** A bounded list of bans. Asking costs one look-up per length of a network that was banned, however many there are. */
export class Bans {
  /** Hears of each change that was made here; set by whoever shares the list. */
  onChange: (change: BanChange) => void = () => {};
  readonly #users: Map<string, Ban> = new Map();
  readonly #networks: Map<string, Ban> = new Map();
  // The widths and lengths that networks had so far, so that only those are asked for. There are 162.
  readonly #lengths: Map<string, Pick<Network, "width" | "length">> = new Map();

  get size(): number {
    return this.#users.size + this.#networks.size;
  }

  /** Whether `host`, or `user` where it is not empty, is banned at `now` (milliseconds since 1970). */
  isBanned(host: string, user: string, now: number): boolean {
    if (user !== "" && isAlive(this.#users.get(user), now)) return true;
    if (this.#networks.size === 0) return false;
    const address = parseAddress(host);
    if (address === undefined) return false;
    for (const { width, length } of this.#lengths.values()) {
      if (width !== address.width) continue;
      const prefix = address.value >> BigInt(width - length);
      if (isAlive(this.#networks.get(`${width}/${length}/${prefix}`), now)) return true;
    }
    return false;
  }

  /** Adds a ban, in the place of one for the same target; false where the list is full. */
  add(ban: Ban): boolean {
    const isIn = this.#put(ban);
    if (isIn) this.onChange({ came: ban });
    return isIn;
  }

  /** Takes the ban of `target` away; false where there is none. */
  remove(target: BanTarget): boolean {
    const isOut = this.#drop(target);
    if (isOut) this.onChange({ gone: target });
    return isOut;
  }

  /** Takes over a change that was made elsewhere. */
  follow(change: BanChange): void {
    if ("came" in change) this.#put(change.came);
    else this.#drop(change.gone);
  }

  #put(ban: Ban): boolean {
    if (this.size >= BANS_MAX) this.forget(ban.createdAt);
    this.#drop(ban.target);
    if (this.size >= BANS_MAX) return false;
    if ("user" in ban.target) {
      this.#users.set(ban.target.user, ban);
      return true;
    }
    const network = parseNetwork(ban.target.address)!;
    this.#networks.set(keyOf(network), { ...ban, target: { address: formatNetwork(network) } });
    this.#lengths.set(`${network.width}/${network.length}`, network);
    return true;
  }

  #drop(target: BanTarget): boolean {
    if ("user" in target) return this.#users.delete(target.user);
    const network = parseNetwork(target.address);
    return network !== undefined && this.#networks.delete(keyOf(network));
  }

  /** The bans that hold at `now`, oldest first. */
  list(now: number): Ban[] {
    this.forget(now);
    return [...this.#users.values(), ...this.#networks.values()]
      .sort((a, b) => a.createdAt - b.createdAt);
  }

  /** Forgets those that are over at `now`. */
  forget(now: number): void {
    for (const bans of [this.#users, this.#networks]) {
      for (const ban of bans.values()) {
        if (!isAlive(ban, now)) this.#drop(ban.target);
      }
    }
  }
}

function keyOf({ width, length, prefix }: Network): string {
  return `${width}/${length}/${prefix}`;
}

function isAlive(ban: Ban | undefined, now: number): boolean {
  return ban !== undefined && now < ban.expiresAt;
}
