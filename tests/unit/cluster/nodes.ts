// Several nodes of one server on one simulated network, joined by a hub, for the tests of what they do together.

import { decodeText } from "../../../src/base/text.ts";
import { Hub } from "../../../src/bus/hub.ts";
import type { HubBus } from "../../../src/bus/hub_bus.ts";
import { joinHere } from "../../../src/bus/join_here.ts";
import { type Joined, joinNodes } from "../../../src/cluster/join.ts";
import { World } from "../../../src/runtime/sim/world.ts";
import { type Client, handshake } from "../server/client.ts";
import { Stage, type StageOptions } from "../server/stage.ts";
import type { Welcome } from "../server/resuming.ts";

/** One of them. */
export interface Node {
  readonly stage: Stage;
  readonly bus: HubBus;
  readonly joined: Joined;
  /** Takes it out, as a crash does. */
  readonly leave: () => void;
}

/** More turns than any chain of promises here takes. */
const PROMISE_TURNS = 40;

/** The nodes 1 to `count`, which know each other. */
export async function startNodes(
  count: number,
  options: StageOptions = {},
  hub: Hub = new Hub(),
): Promise<Node[]> {
  const beside = { world: new World(1, options.network) };
  const nodes: Node[] = [];
  for (let nodeId = 1; nodeId <= count; nodeId++) {
    nodes.push(startNode(hub, nodeId, { ...options, beside }));
  }
  await pass(nodes);
  return nodes;
}

/** One more, or one again, in the world of those `beside` which it is. */
export function startNode(hub: Hub, nodeId: number, options: StageOptions): Node {
  const { clock } = options.beside!.world;
  const { bus, leave } = joinHere(hub, nodeId, clock);
  const stage = new Stage({ ...options, nodeId, seed: nodeId, bus });
  return { stage, bus, leave, joined: joinNodes(stage.app, bus, clock) };
}

/** Lets time pass for all of them, and everything arrive that is on its way. */
export async function pass(nodes: readonly Node[], ms = 20): Promise<void> {
  for (let left = ms; left > 0; left -= 5) {
    for (let turn = 0; turn < PROMISE_TURNS; turn++) await null;
    nodes[0]!.stage.world.runFor(Math.min(5, left));
  }
  for (let turn = 0; turn < PROMISE_TURNS; turn++) await null;
  for (const { stage } of nodes) stage.checkSums();
}

/** A client past its handshake with `node`, and what it was told; undefined where it was refused. */
export async function open(nodes: readonly Node[], node: Node, more: Record<string, unknown> = {}) {
  const client = node.stage.connect();
  client.send(handshake(JSON.stringify({ features: ["routes", "resume"], ...more })));
  await pass(nodes);
  const [first] = client.frames.splice(0, 1);
  client.heard.shift();
  const welcome = JSON.parse(decodeText(first!.payload)!) as Welcome;
  return { client, welcome };
}

/** The client of `welcome` comes back to `node`. */
export function comeBack(
  nodes: readonly Node[],
  node: Node,
  { session, resume: { secret } }: Welcome,
  received = 0,
) {
  return open(nodes, node, { resume: { session, secret, received } });
}

/** The payloads of the frames that came, as text; they are forgotten. */
export function texts(client: Client): string[] {
  return client.frames.splice(0).map(({ payload }) => decodeText(payload)!);
}
