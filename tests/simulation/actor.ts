// A client of the simulation: acts by its manners, and keeps count of what it asked and heard.

import assert from "node:assert/strict";
import type { Prng } from "../../src/base/prng.ts";
import { decodeEnd } from "../../src/codec/end_payload.ts";
import { type Frame, FrameType } from "../../src/codec/frame.ts";
import type { World } from "../../src/runtime/sim/world.ts";
import type { Session } from "../../src/session/session.ts";
import type { Connection, StreamEnd } from "../../src/transport/transport.ts";
import {
  Client,
  disconnect,
  frame,
  handshake,
  notification,
  ping,
  request,
} from "../unit/server/client.ts";
import type { Manner } from "./scenario.ts";
import { Lanes } from "./witness.ts";

/** The longest payload that is sent. */
export const PAYLOAD_BYTES_MOST = 40_000;

export class Actor extends Client {
  readonly manner: Manner;
  readonly lanes: Lanes = new Lanes();
  /** Requests that were sent, by id, and how often each was answered. */
  readonly asked: Map<number, number> = new Map();
  /** Whether it did what ends its session, or what makes it impossible to say what it asked. */
  spoilt = false;
  /** How it left, if it did in a way that promises it an answer. */
  left: "disconnect" | "fin" | null = null;
  readonly shakesHands: boolean;
  finHeard = false;
  /** The last Error or Disconnect that ends the session. */
  lastWord = "";
  closedAs: StreamEnd | null = null;
  readonly #prng: Prng;
  readonly #world: World;
  #lastId = 0;

  constructor(manner: Manner, connection: Connection, session: Session, prng: Prng, world: World) {
    super(connection, session);
    this.manner = manner;
    this.#prng = prng;
    this.#world = world;
    this.answersPings = manner !== "silent";
    this.closesOnFin = prng.chance(0.8);
    this.shakesHands = manner !== "silent" && prng.chance(0.95);
    if (manner !== "silent" && prng.chance(0.1)) this.send(ping(0));
    if (this.shakesHands) this.send(handshake(prng.chance(0.5) ? "{}" : ""));
  }

  /** Whether all it was given has come, and all it asked was answered. */
  hasAll(given: Lanes): boolean {
    const due = given.application.length - given.dropped;
    return !this.hasUnsent && this.lanes.application.length === due &&
      this.lanes.control.length === given.control.length &&
      (this.spoilt || [...this.asked.values()].every((answers) => answers === 1));
  }

  /** Does something, or nothing. */
  act(): void {
    if (this.closedAs !== null || this.finHeard || this.left !== null) return;
    const { manner } = this;
    const happens = (chance: number) => this.#prng.chance(chance);
    if (manner === "silent") {
      if (happens(0.02)) this.#leave();
      return;
    }
    const times = this.#prng.between(0, manner === "floods" && happens(0.2) ? 100 : 3);
    for (let i = 0; i < times; i++) this.#speak();
    if (manner === "slow" && happens(0.5)) this.connection.pause();
    else if (manner === "slow") this.connection.resume();
    if (manner === "deaf" && happens(0.2)) this.connection.pause();
    if (manner === "rude" && happens(0.1)) this.#misbehave();
    if (manner === "mumbles" && happens(0.1)) this.#mumble();
    if (manner === "leaves" && happens(0.1)) this.#leave();
  }

  override onFrame({ type, idHigh, idLow, payload }: Frame): boolean {
    this.lanes.add(type, idHigh, idLow, payload);
    if (type === FrameType.Ping && this.answersPings) {
      this.send(frame(FrameType.Pong, idLow, payload));
    }
    if (type === FrameType.Response && idHigh === 0) this.#noteAnswer(idLow);
    if (type === FrameType.Error || type === FrameType.Disconnect) {
      const { code, name } = decodeEnd(payload)!;
      if (code >= 2000) this.#noteAnswer(idLow);
      else this.lastWord = name;
    }
    return true;
  }

  override onEnd(): void {
    this.finHeard = true;
    if (this.closesOnFin) this.connection.end();
  }

  override onClose(how: StreamEnd): void {
    this.closedAs = how;
  }

  #noteAnswer(id: number): void {
    const answers = this.asked.get(id);
    if (answers === undefined) return; // to a Notification, or to the id of garbage
    assert(answers === 0 || this.spoilt, `Request ${id} is answered again`);
    this.asked.set(id, answers + 1);
  }

  #speak(): void {
    const kind = this.#prng.unit();
    const payload = this.#payload();
    if (kind < 0.5) this.send(this.#request(payload));
    else if (kind < 0.7) this.send(notification(0, payload));
    else if (kind < 0.9) this.send(ping(0, payload.subarray(0, 64)));
    else this.send(frame(FrameType.Response, 0, payload));
  }

  #request(payload: Uint8Array): Uint8Array {
    const id = ++this.#lastId;
    this.asked.set(id, 0);
    return request(id, payload);
  }

  #payload(): Uint8Array {
    const most = this.#prng.chance(0.96) ? 60 : this.#prng.chance(0.9) ? 5000 : PAYLOAD_BYTES_MOST;
    const payload = new Uint8Array(this.#prng.between(0, most));
    for (let i = 0; i < payload.length; i += 7) payload[i] = this.#prng.u32();
    return payload;
  }

  // A frame that begins and does not go on; what is said next is taken for its rest.
  #mumble(): void {
    this.spoilt = true;
    this.send(this.#request(this.#payload()).subarray(0, this.#prng.between(1, 14)));
  }

  #misbehave(): void {
    this.spoilt = true;
    const unknown = request(0);
    unknown[4] = 0x77;
    const wrongs = [
      () => handshake(),
      () => handshake("?"),
      () => ping(0, new Uint8Array(65)),
      () => disconnect("?"),
      () => Uint8Array.of(0, 0, 0, this.#prng.between(0, 8)),
      () => Uint8Array.of(255, 255, 255, 255),
      () => unknown,
      () => Uint8Array.from({ length: this.#prng.between(1, 3000) }, () => this.#prng.u32()),
    ];
    this.send(this.#pick(wrongs)());
  }

  #leave(): void {
    this.#pick([
      () => this.#leaveBy("disconnect"),
      () => this.#leaveBy("fin"),
      () => this.#break(() => this.connection.terminate()),
      () => this.#break(() => this.#world.streamOf(this.connection).reset()),
      () => this.#break(() => this.#world.streamOf(this.connection).cut()),
    ])();
  }

  #leaveBy(way: "disconnect" | "fin"): void {
    this.left = way;
    if (way === "fin") this.end();
    else this.send(disconnect());
  }

  #break(way: () => void): void {
    this.spoilt = true;
    way();
  }

  #pick<T>(options: readonly T[]): T {
    return options[this.#prng.between(0, options.length - 1)]!;
  }
}
