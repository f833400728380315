// What travels between a node and the hub: plain data, as a structured clone takes it.

import { PARCEL_BYTES } from "../limits/bus.ts";
import type { Message, NodeId } from "./bus.ts";

/** A message on its way. Questions and their answers share an id, which the node that asks has chosen. */
export type Letter =
  | { readonly kind: "published"; readonly subject: string; readonly message: Message }
  | {
    readonly kind: "question";
    readonly id: number;
    readonly subject: string;
    readonly message: Message;
  }
  /** Null: there is none. */
  | { readonly kind: "answer"; readonly id: number; readonly message: Message | null };

/** What a node gives to the hub. A letter without an addressee is for all who subscribe to its subject, or serve it. */
export type Outgoing =
  | { readonly letter: Letter; readonly to?: NodeId | undefined }
  | { readonly kind: "interest"; readonly subject: string; readonly isOn: boolean };

/** What the hub gives to a node. */
export type Incoming =
  | { readonly letter: Letter; readonly from: NodeId }
  | { readonly kind: "joined" | "left"; readonly node: NodeId }
  /** Whom the question was given to. Comes before their answers. */
  | { readonly kind: "asked"; readonly id: number; readonly nodes: readonly NodeId[] };

/** All that one side had to say in one turn. */
export interface Batch<Parcel> {
  readonly parcels: readonly Parcel[];
  /** Bytes that this side has taken of what the other one sent, since it last said so. */
  readonly takenBytes: number;
}

/** What `letter` counts as on its way. */
export function bytesOf(letter: Letter): number {
  const subjectBytes = letter.kind === "answer" ? 0 : letter.subject.length;
  return PARCEL_BYTES + subjectBytes + (letter.message?.length ?? 0);
}
