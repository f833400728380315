// The bus of a node whose hub is in the same process: in another thread, or in this one.

import { BUS_QUESTIONS_MAX } from "../limits/bus.ts";
import type { Clock } from "../transport/transport.ts";
import type { Bus, Message, NodeId, NodeListener, Reply, Responder, Subscriber } from "./bus.ts";
import { Channel, type Post } from "./channel.ts";
import type { Batch, Incoming, Letter, Outgoing } from "./parcel.ts";

interface Question {
  /** Who has not answered yet; null: the hub has not said whom it asked. */
  missing: Set<NodeId> | null;
  readonly replies: Reply[];
  readonly end: () => void;
}

/** That bus. Whoever carries the batches gives those from the hub to `take()`. */
export class HubBus implements Bus {
  readonly self: NodeId;
  readonly others: Set<NodeId> = new Set();
  readonly #clock: Clock;
  readonly #channel: Channel<Outgoing, Incoming>;
  readonly #subscribers: Map<string, Set<Subscriber>> = new Map();
  readonly #responders: Map<string, Responder> = new Map();
  readonly #nodeListeners: Set<NodeListener> = new Set();
  readonly #questions: Map<number, Question> = new Map();
  /** Subjects of which the hub does not know yet that we listen, or do not any more. */
  readonly #interest: Map<string, boolean> = new Map();
  #lastId = 0;

  constructor(self: NodeId, clock: Clock, post: Post<Outgoing>) {
    this.self = self;
    this.#clock = clock;
    this.#channel = new Channel<Outgoing, Incoming>(
      post,
      (parcel) => this.#arrived(parcel),
      () => this.#takeInterest(),
    );
  }

  /** Letters dropped on the way to the hub. */
  get dropped(): number {
    return this.#channel.dropped;
  }

  /** Takes what the hub sent. */
  take(batch: Batch<Incoming>): void {
    this.#channel.take(batch);
  }

  onNode(listener: NodeListener): () => void {
    this.#nodeListeners.add(listener);
    return () => this.#nodeListeners.delete(listener);
  }

  publish(subject: string, message: Message, to?: NodeId): void {
    if (this.others.size === 0) return;
    this.#channel.send({ letter: { kind: "published", subject, message }, to });
  }

  subscribe(subject: string, subscriber: Subscriber): () => void {
    const subscribers = this.#subscribers.get(subject);
    if (subscribers !== undefined) subscribers.add(subscriber);
    else this.#subscribers.set(subject, new Set([subscriber]));
    this.#noteInterest(subject);
    return () => {
      const subscribers = this.#subscribers.get(subject);
      if (!subscribers?.delete(subscriber) || subscribers.size > 0) return;
      this.#subscribers.delete(subject);
      this.#noteInterest(subject);
    };
  }

  request(
    subject: string,
    message: Message,
    to: NodeId | "all",
    deadlineMs: number,
  ): Promise<Reply[]> {
    if (this.others.size === 0 || this.#questions.size >= BUS_QUESTIONS_MAX) {
      return Promise.resolve([]);
    }
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      const replies: Reply[] = [];
      const end = () => {
        cancel();
        this.#questions.delete(id);
        resolve(replies);
      };
      const cancel = this.#clock.schedule(deadlineMs, end);
      this.#questions.set(id, { missing: null, replies, end });
      const letter: Letter = { kind: "question", id, subject, message };
      if (!this.#channel.send({ letter, to: to === "all" ? undefined : to })) end();
    });
  }

  serve(subject: string, responder: Responder): () => void {
    this.#responders.set(subject, responder);
    this.#noteInterest(subject);
    return () => {
      this.#responders.delete(subject);
      this.#noteInterest(subject);
    };
  }

  #arrived(parcel: Incoming): void {
    if ("kind" in parcel) {
      if (parcel.kind === "asked") return this.#asked(parcel.id, parcel.nodes);
      return this.#nodeChanged(parcel.node, parcel.kind);
    }
    const { letter, from } = parcel;
    switch (letter.kind) {
      case "published":
        for (const subscriber of this.#subscribers.get(letter.subject) ?? []) {
          subscriber(letter.message, from);
        }
        return;
      case "question":
        return this.#answer(letter.id, letter.subject, letter.message, from);
      case "answer":
        return this.#answered(letter.id, from, letter.message);
    }
  }

  #nodeChanged(node: NodeId, change: "joined" | "left"): void {
    if (change === "joined") this.others.add(node);
    else this.others.delete(node);
    if (change === "left") {
      for (const id of [...this.#questions.keys()]) this.#answered(id, node, null);
    }
    for (const listener of this.#nodeListeners) listener(node, change);
  }

  #answer(id: number, subject: string, question: Message, from: NodeId): void {
    const say = (message: Message | null) =>
      void this.#channel.send({ letter: { kind: "answer", id, message }, to: from });
    const responder = this.#responders.get(subject);
    if (responder === undefined) return say(null);
    try {
      Promise.resolve(responder(question, from)).then(say, () => say(null));
    } catch {
      say(null);
    }
  }

  #asked(id: number, nodes: readonly NodeId[]): void {
    const question = this.#questions.get(id);
    if (question === undefined) return;
    question.missing = new Set(nodes);
    if (nodes.length === 0) question.end();
  }

  #answered(id: number, from: NodeId, message: Message | null): void {
    const question = this.#questions.get(id);
    if (!question?.missing?.delete(from)) return;
    if (message !== null) question.replies.push({ from, message });
    if (question.missing.size === 0) question.end();
  }

  #noteInterest(subject: string): void {
    const isOn = this.#subscribers.has(subject) || this.#responders.has(subject);
    this.#interest.set(subject, isOn);
    this.#channel.flushSoon();
  }

  #takeInterest(): Outgoing[] {
    const changes = [...this.#interest].map(([subject, isOn]) => (
      { kind: "interest" as const, subject, isOn }
    ));
    this.#interest.clear();
    return changes;
  }
}
