// Sessions that go from one node to another because their clients came back there: given, taken over, and what still
// runs on the old node answered on the new one.

import type { Bus, Message, NodeId } from "../bus/bus.ts";
import { seal, unseal } from "../bus/envelope.ts";
import { bytesFromHex, hexOf, NO_BYTES } from "../base/bytes.ts";
import { encodeEnd } from "../codec/end_payload.ts";
import { encodeFrame, Frame, FrameType } from "../codec/frame.ts";
import type { ResumeClaim } from "../codec/handshake.ts";
import { BUS_DEADLINE_MS } from "../limits/bus.ts";
import {
  ANSWER_PAUSE_MS,
  ANSWER_TRIES,
  checkMsMax,
  HOME_PAUSE_MS,
  HOME_WAIT_MS,
  PARTED_MAX,
} from "../limits/cluster.ts";
import type { Application } from "../messaging/application.ts";
import type { RequestId } from "../session/asked.ts";
import { type MovedSession, takeAnswer } from "../session/moved.ts";
import type { Relay } from "../session/relay.ts";
import type { SavedSession } from "../session/saved.ts";
import type { Session } from "../session/session.ts";
import type { Clock } from "../transport/transport.ts";
import { sealToSession, SESSION, type ToSession } from "./letters.ts";
import type { Places } from "./places.ts";
import type { Transit } from "./transit.ts";

/** What it is made of. */
export interface MovesOptions {
  readonly app: Application;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly places: Places;
  readonly transit: Transit;
}

interface Running {
  readonly node: NodeId;
  readonly ids: readonly RequestId[];
  /** How many of them were answered. */
  answered: number;
}

/** The moves of one node's sessions. */
export class Moves {
  readonly #options: MovesOptions;
  /** Sessions that went, with questions that wait for their clients. */
  readonly #parted: Map<string, Session> = new Map();
  /** Sessions that are being fetched. */
  readonly #fetching: Map<string, Promise<void>> = new Map();
  /** By session that came: where Requests of it still run. */
  readonly #running: Map<string, Running> = new Map();

  constructor(options: MovesOptions) {
    this.#options = options;
    options.bus.onNode((node, change) => change === "left" && this.#nodeLeft(node));
  }

  /** Sessions of which something still runs elsewhere, or here for others. */
  get size(): number {
    return this.#parted.size + this.#running.size;
  }

  // --- the new node ---

  /** Fetches the session of `claim` from wherever it is, so that it waits for its client here. */
  async fetch(claim: ResumeClaim): Promise<void> {
    const { session: id } = claim;
    await this.#fetching.get(id);
    const fetching = this.#fetchSoon(claim);
    this.#fetching.set(id, fetching);
    await fetching;
    if (this.#fetching.get(id) === fetching) this.#fetching.delete(id);
  }

  /** Resolves once the session `id` is not on its way here; undefined where it is not. */
  arrival(id: string): Promise<void> | undefined {
    return this.#fetching.get(id);
  }

  // A node that is about to start is waited for.
  async #fetchSoon(claim: ResumeClaim): Promise<void> {
    const { app, clock, places } = this.#options;
    const giveUpAt = clock.now() + Math.min(HOME_WAIT_MS, app.limits.handshakeTimeoutMs / 2);
    while (!await this.#fetch(claim) && places.mayCome(claim.session) && clock.now() < giveUpAt) {
      await new Promise<void>((resolve) => clock.schedule(HOME_PAUSE_MS, resolve));
    }
  }

  // Returns whether somebody said something about it.
  async #fetch({ session: id, secret, received }: ResumeClaim): Promise<boolean> {
    const { app, bus, places } = this.#options;
    const node = places.nodeFor(id);
    if (node === undefined) return false;
    const secretHash = hexOf(app.server.waiting.hashOf(secret));
    const letter: ToSession = { op: "take", id, secretHash, received, asker: bus.self };
    const [reply] = await bus.request(SESSION, seal(letter), node, checkMsMax(app.limits));
    if (reply === undefined) return false;
    if (!isRefusal(reply.message)) this.#takeOver(id, reply.message);
    return true;
  }

  #takeOver(id: string, message: Message): void {
    const { app, places, transit } = this.#options;
    const { from, moved } = unsealMoved(message);
    const session = app.server.turn(() =>
      app.server.waiting.takeOver(moved, (_, frame) => this.#replied(id, from, frame))
    );
    if (session === undefined) return;
    if (moved.running.length > 0) {
      this.#running.set(id, { node: from, ids: moved.running, answered: 0 });
    }
    app.groups.rejoin(session);
    transit.lands(session, from);
    places.tell(id, true);
  }

  /** A Request of `session` that began elsewhere was answered there with `frame`. Returns whether it still waits. */
  answer(session: Session, frame: Uint8Array): boolean {
    const isTaken = this.#options.app.server.turn(() => takeAnswer(session, frame));
    const running = this.#running.get(session.id);
    if (isTaken && running !== undefined && ++running.answered === running.ids.length) {
      this.#running.delete(session.id);
    }
    return isTaken;
  }

  /** `session` is over. */
  forget({ id }: Session): void {
    this.#running.delete(id);
  }

  // --- the old node ---

  /** Gives `session` to `asker`; or a refusal, where its client has not shown that it is its own. */
  give(
    session: Session,
    { secretHash, received, asker }: ToSession & { readonly op: "take" },
  ): Message {
    const { app: { server }, bus: { self }, places, transit } = this.#options;
    const { id } = session;
    const groups = new Set(session.groups);
    const hash = bytesFromHex(secretHash);
    const relay = this.#relayTo(id, asker);
    const moved = server.turn(() => server.waiting.giveAway(session, hash, received, relay));
    if (moved === undefined) return REFUSAL;
    if (moved.questions.length > 0) this.#part(session);
    places.left(id, asker);
    transit.leaves(session, groups, asker);
    return sealMoved(self, moved);
  }

  /** The client of a session that went answered a question that was asked here. */
  replied(id: string, bytes: Uint8Array): void {
    const session = this.#parted.get(id);
    if (session === undefined) return;
    const frame = new Frame();
    frame.read(bytes, 0);
    session.work?.take(frame.idHigh * 2 ** 32 + frame.idLow)?.answered(frame);
    if (session.work?.questions === 0) this.#parted.delete(id);
  }

  #part(session: Session): void {
    for (const [id, { work }] of this.#parted) {
      if (work?.questions !== 0 && this.#parted.size < PARTED_MAX) break;
      this.#parted.delete(id);
    }
    this.#parted.set(session.id, session);
  }

  #relayTo(id: string, node: NodeId): Relay {
    const { bus } = this.#options;
    return {
      answered: (frame) => void this.#sendAnswer(id, node, frame, ANSWER_TRIES),
      push: (frame) => {
        bus.publish(SESSION, sealToSession({ op: "push", id }, frame), this.#find(id) ?? node);
        return "queued";
      },
    };
  }

  // It is found by its id where it went on from `node`; while it travels, by nobody.
  async #sendAnswer(id: string, node: NodeId, frame: Uint8Array, tries: number): Promise<void> {
    const { app: { server }, bus, clock } = this.#options;
    const session = server.registry.get(id) ?? server.waiting.registry.get(id);
    if (session !== undefined) return void this.answer(session, frame);
    const letter = sealToSession({ op: "answer", id }, frame);
    for (const at of new Set([node, this.#find(id) ?? node])) {
      const [reply] = await bus.request(SESSION, letter, at, BUS_DEADLINE_MS);
      if (reply !== undefined) return;
    }
    if (tries <= 1) return;
    clock.schedule(ANSWER_PAUSE_MS, () => void this.#sendAnswer(id, node, frame, tries - 1));
  }

  #find(id: string): NodeId | undefined {
    return this.#options.places.nodeFor(id);
  }

  #replied(id: string, node: NodeId, { type, idHigh, idLow, payload }: Frame): void {
    const frame = encodeFrame(type, idHigh, idLow, payload);
    this.#options.bus.publish(SESSION, sealToSession({ op: "replied", id }, frame), node);
  }

  // What ran there is not answered any more.
  #nodeLeft(node: NodeId): void {
    const { app: { server } } = this.#options;
    for (const [id, { node: at, ids }] of this.#running) {
      if (at !== node) continue;
      this.#running.delete(id);
      const session = server.registry.get(id) ?? server.waiting.registry.get(id);
      if (session === undefined) continue;
      const error = encodeEnd("answer_lost", "This Request ran where nobody is any more");
      for (const { idHigh, idLow } of ids) {
        this.answer(session, encodeFrame(FrameType.Error, idHigh, idLow, error));
      }
    }
  }
}

/** Instead of a session: there is none, or it is not the client's. */
export const REFUSAL: Message = NO_BYTES;

function isRefusal(message: Message): boolean {
  return message.length === 0;
}

type Flat =
  & Omit<MovedSession, "saved" | "questions">
  & Omit<SavedSession, "sent" | "answers" | "secretHash" | "previousHash">
  & {
    readonly from: NodeId;
    readonly secretHash: string;
    readonly previousHash: string | null;
    /** Where one part of the bytes ends and the next one begins. */
    readonly ends: readonly [sent: number, answers: number];
  };

function sealMoved(from: NodeId, { saved, questions, ...rest }: MovedSession): Message {
  const { sent, answers, secretHash, previousHash, ...about } = saved;
  const bytes = new Uint8Array(sent.length + answers.length + questions.length);
  bytes.set(sent);
  bytes.set(answers, sent.length);
  bytes.set(questions, sent.length + answers.length);
  const fields: Flat = {
    ...rest,
    ...about,
    from,
    secretHash: hexOf(secretHash),
    previousHash: previousHash && hexOf(previousHash),
    ends: [sent.length, sent.length + answers.length],
  };
  return seal(fields, bytes);
}

function unsealMoved(message: Message): { from: NodeId; moved: MovedSession } {
  const { bytes, from, secretHash, previousHash, ends, ...fields } = unseal<Flat>(message);
  const saved: SavedSession = {
    ...fields,
    secretHash: bytesFromHex(secretHash),
    previousHash: previousHash === null ? null : bytesFromHex(previousHash),
    sent: bytes.subarray(0, ends[0]),
    answers: bytes.subarray(ends[0], ends[1]),
  };
  return { from, moved: { ...fields, saved, questions: bytes.subarray(ends[1]) } };
}
