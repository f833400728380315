// How the nodes of one server reach each other: the interface. It promises no more than a network can keep.

/**
 * The number of a node, 0 to 65 535: the last four hexadecimal digits of the ids of its sessions. No two that live have
 * the same.
 */
export type NodeId = number;

/** The node that leads the others: it has no sessions, and runs no application. */
export const SUPERVISOR: NodeId = 0;

/** A message; never changed once it is handed over. */
export type Message = Uint8Array;

/** What a node answered. */
export interface Reply {
  /** Which one. */
  readonly from: NodeId;
  /** Its answer. */
  readonly message: Message;
}

/** Takes a message that was published. Must not throw. */
export type Subscriber = (message: Message, from: NodeId) => void;

/** Answers a question, now or later; a rejection is an answer that never comes. */
export type Responder = (message: Message, from: NodeId) => Message | Promise<Message>;

/** Hears of a node that came or went. */
export type NodeListener = (node: NodeId, change: "joined" | "left") => void;

/**
 * A node's way to the others. Messages of one node on one subject arrive in order, or not at all: nothing is sent twice,
 * and nothing tells that something was lost, but for the answer that does not come. A node hears nothing of itself.
 * Subjects are words with dots between them; what stands behind the last dot may be any text, but for `*` and `>`.
 */
export interface Bus {
  /** This node. */
  readonly self: NodeId;
  /** The other nodes that are known to live. */
  readonly others: ReadonlySet<NodeId>;
  /** Has `listener` called whenever a node comes or goes; the returned function ends that. */
  onNode(listener: NodeListener): () => void;
  /** Sends `message` to every other node that subscribes to `subject`, or of those to the node `to` alone. */
  publish(subject: string, message: Message, to?: NodeId): void;
  /** Has `subscriber` called with what is published on `subject` from now on; the returned function ends that. */
  subscribe(subject: string, subscriber: Subscriber): () => void;
  /**
   * Asks `to`, or everybody else who serves `subject`. Resolves with what was answered once all have, or `deadlineMs` are
   * over: somebody who is not there, does not serve it, or is too late has no reply in it. Never rejects.
   */
  request(
    subject: string,
    message: Message,
    to: NodeId | "all",
    deadlineMs: number,
  ): Promise<Reply[]>;
  /** Has `responder` answer what is asked on `subject`; one for each subject. The returned function ends that. */
  serve(subject: string, responder: Responder): () => void;
}
