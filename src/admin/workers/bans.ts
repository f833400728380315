// One list of bans for all nodes: the front keeps it, each worker has a copy, and whoever changes it tells the others.

import { NO_BYTES } from "../../base/bytes.ts";
import { type Bus, SUPERVISOR } from "../../bus/bus.ts";
import { seal, unseal } from "../../bus/envelope.ts";
import { BUS_DEADLINE_MS } from "../../limits/bus.ts";
import type { Ban, BanChange, Bans } from "../bans.ts";
import { BAN_LIST, BANS } from "./subjects.ts";

/** A ban as JSON, which knows no Infinity. */
type BanOnBus = Omit<Ban, "expiresAt"> & { readonly expiresAt: number | null };

/** Keeps the list that workers ask for when they start; the returned function ends that. */
export function keepBans(bus: Bus, bans: Bans): () => void {
  const unserve = bus.serve(
    BAN_LIST,
    () => seal({ bans: bans.list(Date.now()).map(toBus) }),
  );
  const unfollow = follow(bus, bans);
  return () => {
    unserve();
    unfollow();
  };
}

/** Makes `bans` a copy of that list, which it stays from then on; the returned function ends that. */
export async function shareBans(bus: Bus, bans: Bans): Promise<() => void> {
  const unfollow = follow(bus, bans);
  const [reply] = await bus.request(BAN_LIST, NO_BYTES, SUPERVISOR, BUS_DEADLINE_MS);
  if (reply !== undefined) {
    const { bans: list } = unseal<{ bans: BanOnBus[] }>(reply.message);
    for (const ban of list) bans.follow({ came: fromBus(ban) });
  }
  return unfollow;
}

function follow(bus: Bus, bans: Bans): () => void {
  bans.onChange = (change) =>
    bus.publish(BANS, seal("came" in change ? { came: toBus(change.came) } : change));
  const unsubscribe = bus.subscribe(BANS, (message) => {
    const change = unseal<{ came: BanOnBus } | Exclude<BanChange, { came: Ban }>>(message);
    bans.follow("came" in change ? { came: fromBus(change.came) } : change);
  });
  return () => {
    bans.onChange = () => {};
    unsubscribe();
  };
}

function toBus(ban: Ban): BanOnBus {
  return { ...ban, expiresAt: ban.expiresAt === Infinity ? null : ban.expiresAt };
}

function fromBus(ban: BanOnBus): Ban {
  return { ...ban, expiresAt: ban.expiresAt ?? Infinity };
}
