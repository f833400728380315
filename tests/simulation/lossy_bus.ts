// A bus as bad as its interface allows: messages take their time, each pair of nodes its own, and some never arrive.

import assert from "node:assert/strict";
import type { Prng } from "../../src/base/prng.ts";
import type {
  Bus,
  Message,
  NodeId,
  NodeListener,
  Reply,
  Responder,
  Subscriber,
} from "../../src/bus/bus.ts";
import type { Range } from "../../src/runtime/sim/network.ts";
import type { Clock } from "../../src/transport/transport.ts";

/** What happens to messages. */
export interface BusOdds {
  /** How long each takes. */
  readonly delayMs: Range;
  /** That one is lost: a question or an answer too. */
  readonly lossChance: number;
  /** Whether all that a node gets keeps the order in which it was sent, as where a hub passes it on. */
  readonly isOrdered: boolean;
}

/** What all nodes are on. */
export class LossyNet {
  /** Messages that were lost. */
  lost = 0;
  /** While it is true nothing is lost. */
  isCalm = false;
  readonly #clock: Clock;
  readonly #prng: Prng;
  readonly #odds: BusOdds;
  readonly #nodes: Map<NodeId, LossyBus> = new Map();

  constructor(clock: Clock, prng: Prng, odds: BusOdds) {
    this.#clock = clock;
    this.#prng = prng;
    this.#odds = odds;
  }

  /** The bus of a node, which is not on it yet. */
  busOf(self: NodeId): LossyBus {
    return new LossyBus(self, this, this.#clock);
  }

  nodeAt(id: NodeId): LossyBus | undefined {
    return this.#nodes.get(id);
  }

  /** `bus` is there: it and the others hear of each other, each in its time. */
  enter(bus: LossyBus): void {
    assert(!this.#nodes.has(bus.self), "no two nodes that live have the same number");
    for (const other of this.#nodes.values()) {
      this.#notify(bus, other.self, "joined");
      this.#notify(other, bus.self, "joined");
    }
    this.#nodes.set(bus.self, bus);
  }

  /** It is there no more: what is on its way to or from it is lost. */
  leave(bus: LossyBus): void {
    this.#nodes.delete(bus.self);
    for (const other of this.#nodes.values()) this.#notify(other, bus.self, "left");
  }

  /** Calls `arrive` behind what went along `lane` before, or never. */
  carry(from: LossyBus, to: LossyBus, lane: string, arrive: () => void): void {
    if (!this.isCalm && this.#prng.chance(this.#odds.lossChance)) {
      this.lost++;
      return;
    }
    const { stay } = from;
    this.#arrange(to, this.#odds.isOrdered ? "" : lane, () => {
      if (from.stay === stay && to.others.has(from.self)) arrive();
      else this.lost++;
    });
  }

  // News of nodes are not lost.
  #notify(to: LossyBus, node: NodeId, change: "joined" | "left"): void {
    const lane = this.#odds.isOrdered ? "" : `${node}`;
    this.#arrange(to, lane, () => to.note(node, change));
  }

  #arrange(to: LossyBus, lane: string, arrive: () => void): void {
    const { stay } = to;
    const now = this.#clock.now();
    const at = Math.max(
      now + this.#prng.between(...this.#odds.delayMs),
      to.laneEndsAt.get(lane) ?? 0,
    );
    to.laneEndsAt.set(lane, at);
    this.#clock.schedule(at - now, () => {
      if (to.stay === stay) arrive();
      else this.lost++;
    });
  }
}

interface Question {
  readonly missing: Set<NodeId>;
  readonly replies: Reply[];
  readonly end: () => void;
}

/** One node's way to the others. */
export class LossyBus implements Bus {
  readonly self: NodeId;
  readonly others: Set<NodeId> = new Set();
  /** When the last message arrives that is under way, by sender and subject. */
  readonly laneEndsAt: Map<string, number> = new Map();
  /** Grows by one whenever it goes on the net or off it. */
  stay = 0;
  readonly #net: LossyNet;
  readonly #clock: Clock;
  readonly #subscribers: Map<string, Set<Subscriber>> = new Map();
  readonly #responders: Map<string, Responder> = new Map();
  readonly #listeners: Set<NodeListener> = new Set();
  readonly #questions: Set<Question> = new Set();

  constructor(self: NodeId, net: LossyNet, clock: Clock) {
    this.self = self;
    this.#net = net;
    this.#clock = clock;
  }

  // --- its ups and downs ---

  /** Goes on the net. */
  enter(): void {
    this.stay++;
    this.#net.enter(this);
  }

  /** Goes off it, without a word. */
  leave(): void {
    this.stay++;
    this.#net.leave(this);
    for (const node of [...this.others]) this.note(node, "left");
    this.laneEndsAt.clear();
  }

  /** A node came or went. */
  note(node: NodeId, change: "joined" | "left"): void {
    if (this.others.has(node) === (change === "joined")) return;
    if (change === "joined") this.others.add(node);
    else this.others.delete(node);
    if (change === "left") {
      for (const question of [...this.#questions]) this.#settle(question, node, null);
    }
    for (const listener of this.#listeners) listener(node, change);
  }

  // --- the interface ---

  onNode(listener: NodeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  publish(subject: string, message: Message, to?: NodeId): void {
    for (const other of this.#receivers(to ?? "all")) {
      this.#net.carry(this, other, `${this.self} ${subject}`, () => {
        for (const subscriber of other.#subscribers.get(subject) ?? []) {
          subscriber(message, this.self);
        }
      });
    }
  }

  subscribe(subject: string, subscriber: Subscriber): () => void {
    const subscribers = this.#subscribers.get(subject) ?? new Set();
    this.#subscribers.set(subject, subscribers.add(subscriber));
    return () => {
      if (subscribers.delete(subscriber) && subscribers.size === 0) {
        this.#subscribers.delete(subject);
      }
    };
  }

  request(
    subject: string,
    message: Message,
    to: NodeId | "all",
    deadlineMs: number,
  ): Promise<Reply[]> {
    const receivers = this.#receivers(to);
    if (receivers.length === 0) return Promise.resolve([]);
    return new Promise((resolve) => {
      const end = () => {
        cancel();
        this.#questions.delete(question);
        resolve(question.replies);
      };
      const missing = new Set(receivers.map(({ self }) => self));
      const question: Question = { missing, replies: [], end };
      const cancel = this.#clock.schedule(deadlineMs, end);
      this.#questions.add(question);
      for (const other of receivers) this.#ask(other, question, subject, message);
    });
  }

  serve(subject: string, responder: Responder): () => void {
    assert(!this.#responders.has(subject), "one responder for each subject");
    this.#responders.set(subject, responder);
    return () => this.#responders.delete(subject);
  }

  // --- underneath ---

  #receivers(to: NodeId | "all"): LossyBus[] {
    const ids = to === "all" ? [...this.others] : this.others.has(to) ? [to] : [];
    return ids.flatMap((id) => this.#net.nodeAt(id) ?? []);
  }

  // Who does not serve the subject, or fails, says so.
  #ask(other: LossyBus, question: Question, subject: string, message: Message): void {
    const answer = (message: Message | null) =>
      this.#net.carry(
        other,
        this,
        `${other.self} answers`,
        () => this.#settle(question, other.self, message),
      );
    this.#net.carry(this, other, `${this.self} ${subject}`, () => {
      const responder = other.#responders.get(subject);
      if (responder === undefined) return answer(null);
      try {
        Promise.resolve(responder(message, this.self)).then(answer, () => answer(null));
      } catch {
        answer(null);
      }
    });
  }

  #settle(question: Question, node: NodeId, message: Message | null): void {
    if (!this.#questions.has(question) || !question.missing.delete(node)) return;
    if (message !== null) question.replies.push({ from: node, message });
    if (question.missing.size === 0) question.end();
  }
}
