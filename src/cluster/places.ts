// Where sessions are that are not with the node their id names: that node knows, and is told by the one that has them.

import type { Bus, NodeId } from "../bus/bus.ts";
import { seal, unseal } from "../bus/envelope.ts";
import { SESSIONS_AWAY_MAX } from "../limits/cluster.ts";
import { nodeOf } from "../server/session_id.ts";
import { WHEREABOUTS, type Whereabouts } from "./letters.ts";

/** What one node knows of it. */
export class Places {
  readonly #bus: Bus;
  /** Sessions with ids of this node that others have. */
  readonly #away: Map<string, NodeId> = new Map();

  readonly #nodesMax: number;

  /** @param nodesMax The nodes 1 to this one are there, or will be soon. */
  constructor(bus: Bus, nodesMax: number) {
    this.#bus = bus;
    this.#nodesMax = nodesMax;
    bus.subscribe(WHEREABOUTS, (message, from) => {
      const { id, isHere } = unseal<Whereabouts>(message);
      if (isHere) this.left(id, from);
      else if (this.#away.get(id) === from) this.#away.delete(id);
    });
    bus.onNode((node, change) => {
      if (change === "joined") return;
      for (const [id, at] of this.#away) if (at === node) this.#away.delete(id);
    });
  }

  /** Sessions that are known to be elsewhere. */
  get away(): number {
    return this.#away.size;
  }

  /** The node to ask about the session `id`, which is not here; undefined where nobody can have it. */
  nodeFor(id: string): NodeId | undefined {
    const home = nodeOf(id);
    const node = home === this.#bus.self ? this.#away.get(id) : home;
    return node !== undefined && this.#bus.others.has(node) ? node : undefined;
  }

  /** Whether the session `id` may be with a node that is about to start. */
  mayCome(id: string): boolean {
    const home = nodeOf(id);
    return home !== undefined && home > 0 && home <= this.#nodesMax && home !== this.#bus.self;
  }

  /** The session `id` went from here to `node`, or is there. */
  left(id: string, node: NodeId): void {
    if (nodeOf(id) !== this.#bus.self) return;
    this.#away.delete(id);
    this.#away.set(id, node);
    if (this.#away.size > SESSIONS_AWAY_MAX) this.#away.delete(this.#away.keys().next().value!);
  }

  /** The session `id` is here now, or is over here. */
  tell(id: string, isHere: boolean): void {
    const home = nodeOf(id);
    if (home === this.#bus.self) this.#away.delete(id);
    else if (home !== undefined) {
      const letter: Whereabouts = { id, isHere };
      this.#bus.publish(WHEREABOUTS, seal(letter), home);
    }
  }
}
