// Joins a node to a hub in the same thread.

import type { Clock } from "../transport/transport.ts";
import type { NodeId } from "./bus.ts";
import type { Hub, HubPort } from "./hub.ts";
import { HubBus } from "./hub_bus.ts";

/** The bus of `node`; `leave()` takes it out again. */
export function joinHere(hub: Hub, node: NodeId, clock: Clock): { bus: HubBus; leave: () => void } {
  const bus: HubBus = new HubBus(node, clock, (batch) => port.take(batch));
  const port: HubPort = hub.join(node, (batch) => bus.take(batch));
  return { bus, leave: port.leave };
}
