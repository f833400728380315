// The client's half of the handshake: its JSON written, and the server's answer read with every key checked.

import { encodeText } from "../base/text.ts";
import { parseObject } from "../codec/json.ts";
import { PROTOCOL_VERSION } from "../codec/handshake.ts";
import { FRAME_BYTES_CEILING, LENGTH_MIN, PING_PAYLOAD_BYTES_MAX } from "../limits/wire.ts";

/** What a client may ask for beyond plain frames. */
export type Feature = "routes" | "resume";

/** What a client says of itself; see `ClientOptions`. */
export interface Introduction {
  readonly client?: string;
  readonly token?: string;
  readonly user?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly heartbeatMs?: number;
  readonly features: readonly Feature[];
  /** The session to continue, and the last sequence number seen of it. */
  readonly resume?: {
    readonly session: string;
    readonly secret: string;
    readonly received: number;
  };
}

/** What the server answered. */
export interface Welcome {
  /** The session's UUID. */
  readonly session: string;
  readonly node: string;
  /** Product and version of the server. */
  readonly server: string;
  /** Milliseconds of silence after which either side gives the other up. */
  readonly timeoutMs: number;
  /** The most the length field of a frame may say. */
  readonly frameBytesMax: number;
  readonly features: readonly string[];
  /** Only where the session can be continued. */
  readonly resume?: ResumeGrant;
}

export interface ResumeGrant {
  readonly secret: string;
  /** Whether this continues the session that was asked for. */
  readonly recovered: boolean;
  /** Whether frames for this client are gone. */
  readonly gap: boolean;
}

/** The payload of a Handshake. */
export function encodeHandshake(introduction: Introduction): Uint8Array {
  return encodeText(JSON.stringify({ protocol: PROTOCOL_VERSION, ...introduction }));
}

/** Reads a HandshakeAck; undefined where it is not what the protocol says. */
export function decodeWelcome(payload: Uint8Array): Welcome | undefined {
  const value = parseObject(payload);
  if (value === undefined) return undefined;
  const { session, node, server, timeoutMs, frameBytesMax, features, resume } = value;
  const grant = resume === undefined ? undefined : readGrant(resume);
  if (typeof session !== "string" || !isPositive(timeoutMs) || !isFrameBound(frameBytesMax)) {
    return undefined;
  }
  if (resume !== undefined && grant === undefined) return undefined;
  return {
    session,
    node: typeof node === "string" ? node : "",
    server: typeof server === "string" ? server : "",
    timeoutMs,
    frameBytesMax,
    features: Array.isArray(features) ? features.filter((name) => typeof name === "string") : [],
    ...(grant === undefined ? {} : { resume: grant }),
  };
}

function readGrant(value: unknown): ResumeGrant | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { secret, recovered, gap } = value as Record<string, unknown>;
  if (typeof secret !== "string") return undefined;
  return { secret, recovered: recovered === true, gap: gap === true };
}

function isPositive(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

function isFrameBound(value: unknown): value is number {
  return isPositive(value) && value >= LENGTH_MIN + PING_PAYLOAD_BYTES_MAX &&
    value <= FRAME_BYTES_CEILING;
}
