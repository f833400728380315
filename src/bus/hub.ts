// Where the nodes of one process meet: knows who is there and who listens to what, and passes on what they say.

import type { NodeId } from "./bus.ts";
import { Channel, type Post } from "./channel.ts";
import type { Batch, Incoming, Letter, Outgoing } from "./parcel.ts";

/** A node's way to the hub, as whoever carries the batches uses it. */
export interface HubPort {
  /** Takes what the node sent. */
  take(batch: Batch<Outgoing>): void;
  /** The node is gone. */
  leave(): void;
}

interface Member {
  readonly channel: Channel<Incoming, Outgoing>;
  readonly subjects: Set<string>;
}

const NOBODY: ReadonlySet<NodeId> = new Set();

/** The hub. A message goes to those nodes alone that listen to its subject. */
export class Hub {
  readonly #members: Map<NodeId, Member> = new Map();
  readonly #listeners: Map<string, Set<NodeId>> = new Map();
  #droppedBefore = 0;

  /** Letters that were dropped because a node did not keep up. */
  get dropped(): number {
    let dropped = this.#droppedBefore;
    for (const { channel } of this.#members.values()) dropped += channel.dropped;
    return dropped;
  }

  /** Lets `node` in, which is told of everybody who is there. `post` carries batches to it. */
  join(node: NodeId, post: Post<Incoming>): HubPort {
    const member: Member = {
      channel: new Channel<Incoming, Outgoing>(post, (parcel) => this.#pass(node, member, parcel)),
      subjects: new Set(),
    };
    for (const [other, { channel }] of this.#members) {
      channel.send({ kind: "joined", node });
      member.channel.send({ kind: "joined", node: other });
    }
    this.#members.set(node, member);
    return {
      take: (batch) => {
        // Batches of a node that left may still be on their way.
        if (this.#members.get(node) === member) member.channel.take(batch);
      },
      leave: () => this.#leave(node, member),
    };
  }

  #leave(node: NodeId, member: Member): void {
    if (this.#members.get(node) !== member) return;
    this.#members.delete(node);
    this.#droppedBefore += member.channel.dropped;
    for (const subject of member.subjects) this.#unlisten(subject, node);
    for (const { channel } of this.#members.values()) channel.send({ kind: "left", node });
  }

  #pass(from: NodeId, member: Member, parcel: Outgoing): void {
    if ("kind" in parcel) return this.#setInterest(from, member, parcel.subject, parcel.isOn);
    const { letter, to } = parcel;
    if (letter.kind === "answer") return this.#give(to!, from, letter);
    const listeners = this.#listeners.get(letter.subject) ?? NOBODY;
    const nodes = [...to === undefined ? listeners : listeners.has(to) ? [to] : []]
      .filter((node) => node !== from);
    if (letter.kind === "question") member.channel.send({ kind: "asked", id: letter.id, nodes });
    for (const node of nodes) this.#give(node, from, letter);
  }

  #give(to: NodeId, from: NodeId, letter: Letter): void {
    this.#members.get(to)?.channel.send({ letter, from });
  }

  #setInterest(node: NodeId, { subjects }: Member, subject: string, isOn: boolean): void {
    if (!isOn) {
      subjects.delete(subject);
      return this.#unlisten(subject, node);
    }
    subjects.add(subject);
    const listeners = this.#listeners.get(subject);
    if (listeners === undefined) this.#listeners.set(subject, new Set([node]));
    else listeners.add(node);
  }

  #unlisten(subject: string, node: NodeId): void {
    const listeners = this.#listeners.get(subject);
    if (listeners?.delete(node) && listeners.size === 0) this.#listeners.delete(subject);
  }
}
