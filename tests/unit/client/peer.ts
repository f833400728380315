// A scripted server on the simulated network that speaks routes and resume, and counts what it runs.

import { decodeText, encodeText } from "../../../src/base/text.ts";
import { encodeFrame, type Frame, FRAME_TYPE_NAMES, FrameType } from "../../../src/codec/frame.ts";
import { FrameReader, type FrameSink } from "../../../src/codec/frame_reader.ts";
import { parseObject } from "../../../src/codec/json.ts";
import { FRAME_BYTES_CEILING } from "../../../src/limits/wire.ts";
import type { World } from "../../../src/runtime/sim/world.ts";
import type {
  Address,
  Connection,
  ConnectionHandler,
  Listener,
  StreamEnd,
  Transport,
} from "../../../src/transport/transport.ts";

/** What the peer does differently from a server that takes everybody and answers at once. */
export interface PeerScript {
  /** What a HandshakeAck says besides or instead. */
  readonly ack?: Readonly<Record<string, unknown>>;
  readonly features?: readonly string[];
  /** How long a Request runs; null: for ever. */
  answerMs?: number | null;
  /** Whether Pings and data are left unanswered. */
  isDeaf?: boolean;
  /** Frames to send instead of a HandshakeAck, after which the peer sends FIN. */
  refuse?: (handshake: Record<string, unknown>) => Uint8Array | null;
  /** Called for each Request that runs; the answer is `re: ` and its body. */
  onRun?: (session: PeerSession, id: number) => void;
}

/** A session, which outlives its connection. */
export interface PeerSession {
  readonly id: string;
  /** Those that continue it: the newest, and those before it until a frame shows that the newest has arrived. */
  secrets: string[];
  connection: PeerConnection | null;
  sequence: number;
  /** Numbered frames that were not acknowledged. */
  kept: { sequence: number; frame: Uint8Array }[];
  readonly acks: number[];
  /** How often each Request ran, and its answer. */
  readonly runs: Map<number, number>;
  readonly answers: Map<number, Uint8Array>;
}

export class Peer {
  readonly sessions: PeerSession[] = [];
  readonly connections: PeerConnection[] = [];
  readonly script: PeerScript;
  readonly world: World;
  readonly address: Address;
  readonly #transport: Transport;
  #listener: Listener;

  constructor(world: World, transport: Transport, script: PeerScript = {}) {
    this.world = world;
    this.script = script;
    this.#transport = transport;
    this.#listener = this.#listen({ host: "127.0.0.1", port: 0 });
    this.address = this.#listener.address;
  }

  /** Nobody listens any more; connections live on. */
  stop(): void {
    this.#listener.close();
  }

  start(): void {
    this.#listener = this.#listen(this.address);
  }

  /** Sends a numbered Broadcast to each session, connected or not. */
  broadcast(text: string): void {
    for (const session of this.sessions) this.broadcastTo(session, text);
  }

  broadcastTo(session: PeerSession, text: string): void {
    const sequence = ++session.sequence;
    const frame = encodeFrame(FrameType.Broadcast, 0, sequence, encodeText(text));
    session.kept.push({ sequence, frame });
    session.connection?.send(frame);
  }

  get last(): PeerConnection {
    return this.connections.at(-1)!;
  }

  #listen(at: Address): Listener {
    return this.#transport.listen(at, (connection) => {
      const accepted = new PeerConnection(this, connection);
      this.connections.push(accepted);
      return accepted;
    });
  }
}

/** One connection of the peer, with what it heard as lines. */
export class PeerConnection implements ConnectionHandler, FrameSink {
  readonly connection: Connection;
  readonly heard: string[] = [];
  handshake: Record<string, unknown> = {};
  closed: StreamEnd | null = null;
  session: PeerSession | null = null;
  readonly #peer: Peer;
  readonly #reader = new FrameReader(FRAME_BYTES_CEILING);
  readonly #unsent: Uint8Array[] = [];

  constructor(peer: Peer, connection: Connection) {
    this.#peer = peer;
    this.connection = connection;
  }

  send(frame: Uint8Array): void {
    this.#unsent.push(frame);
    if (this.#unsent.length === 1) this.onWritable();
  }

  onData(chunk: Uint8Array): void {
    const result = this.#reader.push(chunk, this);
    if (result !== "incomplete") throw new Error(`The client sent a frame that is ${result}`);
  }

  onFrame(frame: Frame): boolean {
    const { type, idHigh, idLow } = frame;
    const payload = new Uint8Array(frame.payload);
    const binary = type === FrameType.Ping || type === FrameType.Handshake;
    const shown = binary ? "" : decodeText(payload)!;
    this.heard.push(`${FRAME_TYPE_NAMES[type]} ${idLow} ${shown}`.trimEnd());
    if (type === FrameType.Handshake) this.#greet(parseObject(payload)!);
    else this.session?.secrets.splice(0, this.session.secrets.length - 1);
    if (type === FrameType.Disconnect) this.connection.end();
    if (this.#peer.script.isDeaf) return true;
    if (type === FrameType.Ping) {
      if (payload.length === 8) this.#acknowledge(new DataView(payload.buffer).getUint32(4));
      this.send(encodeFrame(FrameType.Pong, idHigh, idLow, payload));
    }
    if (type === FrameType.Request) this.#run(idLow, payload);
    return true;
  }

  onWritable(): void {
    for (let frame = this.#unsent[0]; frame !== undefined; frame = this.#unsent[0]) {
      const taken = this.connection.write(frame, true);
      if (taken < frame.length) {
        this.#unsent[0] = frame.subarray(taken);
        return;
      }
      this.#unsent.shift();
    }
  }

  onEnd(): void {
    this.connection.end();
  }

  onClose(how: StreamEnd): void {
    this.closed = how;
    if (this.session?.connection === this) this.session.connection = null;
    this.session = null;
  }

  #greet(handshake: Record<string, unknown>): void {
    this.handshake = handshake;
    const { script, sessions } = this.#peer;
    const refusal = script.refuse?.(handshake) ?? null;
    if (refusal !== null) {
      this.send(refusal);
      return this.connection.end();
    }
    const features = script.features ?? ["routes", "resume"];
    const resume = handshake["resume"] as PeerResume | undefined;
    const old = sessions.find(({ id, secrets }) =>
      id === resume?.session && secrets.includes(resume.secret)
    );
    const session = old ?? this.#begin();
    session.connection?.connection.terminate();
    session.connection = this;
    this.session = session;
    const secret = `${session.id}/${this.#peer.connections.length}`;
    session.secrets.push(secret);
    const received = resume?.received ?? 0;
    const gap = old !== undefined && (session.kept[0]?.sequence ?? received + 1) > received + 1;
    const granted = { secret, windowMs: 60_000, recovered: old !== undefined, gap };
    const ack = {
      protocol: 1,
      session: session.id,
      node: "here",
      server: "peer/1",
      heartbeatMs: 30_000,
      timeoutMs: 90_000,
      frameBytesMax: 65_536,
      features,
      ...(features.includes("resume") ? { resume: granted } : {}),
      ...script.ack,
    };
    this.send(encodeFrame(FrameType.HandshakeAck, 0, 0, encodeText(JSON.stringify(ack))));
    if (old === undefined) return;
    this.#acknowledge(received);
    for (const { frame } of session.kept) this.send(frame);
  }

  #begin(): PeerSession {
    const session: PeerSession = {
      id: `session-${this.#peer.sessions.length + 1}`,
      secrets: [],
      connection: null,
      sequence: 0,
      kept: [],
      acks: [],
      runs: new Map(),
      answers: new Map(),
    };
    this.#peer.sessions.push(session);
    return session;
  }

  #acknowledge(received: number): void {
    const session = this.session!;
    session.acks.push(received);
    session.kept = session.kept.filter(({ sequence }) => sequence > received);
  }

  #run(id: number, payload: Uint8Array): void {
    const session = this.session!;
    const { script, world } = this.#peer;
    const answer = session.answers.get(id);
    if (answer !== undefined) return this.send(answer);
    if (session.runs.has(id)) return;
    session.runs.set(id, 1);
    script.onRun?.(session, id);
    const { answerMs = 0 } = script;
    if (answerMs === null) return;
    const body = payload.subarray(1 + payload[0]!);
    const text = encodeText(`re: ${decodeText(body)}`);
    world.clock.schedule(answerMs, () => {
      const frame = encodeFrame(FrameType.Response, 0, id, text);
      session.answers.set(id, frame);
      session.connection?.send(frame);
    });
  }
}

interface PeerResume {
  readonly session: string;
  readonly secret: string;
  readonly received: number;
}
