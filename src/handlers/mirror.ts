// Keeps what each node says of itself known to all others: change by change, and whole again where one was lost. What is
// said is not known here.

import { NO_BYTES } from "../base/bytes.ts";
import type { Bus, NodeId } from "../bus/bus.ts";
import { seal, unseal } from "../bus/envelope.ts";
import { BUS_DEADLINE_MS } from "../limits/bus.ts";
import { MIRROR_BEHIND_MAX } from "../limits/handlers.ts";

/** What is kept: changes and the whole are JSON. */
export interface Mirrored<Change, Whole> {
  /** What this node has said, taken together. */
  whole(): Whole;
  /** `node` changed something. */
  take(node: NodeId, change: Change): void;
  /** This is all that `node` says; what it said before and is not in it is over. */
  takeWhole(node: NodeId, whole: Whole): void;
  /** `node` is gone. */
  forget(node: NodeId): void;
}

/** The changes of a node are numbered; without one it only says how many there were. */
interface Numbered<Change> {
  readonly at: number;
  readonly change?: Change;
}

/** What is known of another node. */
interface Peer<Change> {
  /** The last change that is known. */
  at: number;
  /** What it said since it was asked for the whole; null: it was not. */
  behind: Numbered<Change>[] | null;
}

/** This node's mirror of the others, and theirs of it. */
export class Mirror<Change, Whole> {
  readonly #bus: Bus;
  readonly #subject: string;
  readonly #mirrored: Mirrored<Change, Whole>;
  readonly #peers: Map<NodeId, Peer<Change>> = new Map();
  #at = 0;

  constructor(bus: Bus, subject: string, mirrored: Mirrored<Change, Whole>) {
    this.#bus = bus;
    this.#subject = subject;
    this.#mirrored = mirrored;
    bus.subscribe(subject, (message, from) => this.#heard(from, unseal<Numbered<Change>>(message)));
    bus.serve(subject, () => seal({ at: this.#at, whole: mirrored.whole() }));
    bus.onNode((node, change) => {
      if (change === "joined") return this.#ask(node, this.#peerOf(node));
      this.#peers.delete(node);
      mirrored.forget(node);
    });
    for (const node of bus.others) this.#ask(node, this.#peerOf(node));
  }

  /** Tells the others of `change`. */
  publish(change: Change): void {
    this.#at++;
    this.#say({ at: this.#at, change });
  }

  /** Tells the others how many changes there were, so that who has lost the last one asks. Called at a low rate. */
  beat(): void {
    this.#say({ at: this.#at });
  }

  #say(numbered: Numbered<Change>): void {
    this.#bus.publish(this.#subject, seal(numbered));
  }

  #heard(node: NodeId, numbered: Numbered<Change>): void {
    const peer = this.#peerOf(node);
    if (peer.behind !== null) {
      if (peer.behind.length < MIRROR_BEHIND_MAX) peer.behind.push(numbered);
      return;
    }
    const { at, change } = numbered;
    if (at <= peer.at) return;
    if (change === undefined || at > peer.at + 1) return this.#ask(node, peer);
    peer.at = at;
    this.#mirrored.take(node, change);
  }

  #ask(node: NodeId, peer: Peer<Change>): void {
    if (peer.behind !== null) return;
    peer.behind = [];
    void this.#bus.request(this.#subject, NO_BYTES, node, BUS_DEADLINE_MS).then(([reply]) => {
      const behind = peer.behind!;
      peer.behind = null;
      // Nobody answered, or the node went meanwhile. What it says next, at the latest its beat, asks again.
      if (reply === undefined || this.#peers.get(node) !== peer) return;
      const { at, whole } = unseal<{ at: number; whole: Whole }>(reply.message);
      peer.at = at;
      this.#mirrored.takeWhole(node, whole);
      for (const numbered of behind) this.#heard(node, numbered);
    });
  }

  #peerOf(node: NodeId): Peer<Change> {
    const known = this.#peers.get(node);
    if (known !== undefined) return known;
    const peer: Peer<Change> = { at: 0, behind: null };
    this.#peers.set(node, peer);
    return peer;
  }
}
