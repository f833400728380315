// The JSON of Handshake and HandshakeAck: read with every key checked, written with only what applies.

import { encodeText } from "../base/text.ts";
import { CLIENT_NAME_CHARS_MAX, TAG_CHARS_MAX, TAGS_MAX, USER_CHARS_MAX } from "../limits/wire.ts";
import { parseObject } from "./json.ts";

/** The version of the protocol that this program speaks. */
export const PROTOCOL_VERSION = 1;

/** What both ends may agree on beyond the frame itself; what one of them does not know is left out. */
export const FEATURES = ["routes", "resume"] as const;

export type Feature = (typeof FEATURES)[number];

/** What a client says of itself. An empty Handshake says nothing: a plain client. */
export interface Handshake {
  readonly plain: boolean;
  readonly client: string;
  readonly user: string;
  readonly tags: Readonly<Record<string, string>>;
  /** The heartbeat interval the client would like, in milliseconds. */
  readonly heartbeatMs?: number;
  /** The features it asks for that this program knows. */
  readonly features: readonly Feature[];
  /** The session it continues. */
  readonly resume?: ResumeClaim;
}

/** What a client knows of the session it continues. */
export interface ResumeClaim {
  readonly session: string;
  readonly secret: string;
  /** The number of the last frame it has seen. */
  readonly received: number;
}

/** A Handshake that cannot be taken: its code, and a sentence that names the key. */
export interface HandshakeRefusal {
  readonly refused: "bad_handshake" | "unsupported_version";
  readonly message: string;
}

/** The answer to a client that is not plain. */
export interface HandshakeAck {
  readonly protocol: number;
  /** The session's UUID. */
  readonly session: string;
  readonly node: string;
  /** Product and version of the server. */
  readonly server: string;
  readonly heartbeatMs: number;
  /** A session that is silent for this long is stale. */
  readonly timeoutMs: number;
  /** The most the length field of a frame may say, in bytes. */
  readonly frameBytesMax: number;
  readonly features: readonly string[];
  /** Where both speak `resume`. */
  readonly resume?: {
    /** What the client shows when it continues this session; a new one each time. */
    readonly secret: string;
    /** How long the session waits for it, in milliseconds. */
    readonly windowMs: number;
    /** Whether the session that was to be continued is. */
    readonly recovered: boolean;
    /** Whether frames are missing that the client has not seen. */
    readonly gap: boolean;
  };
}

const NO_TAGS: Readonly<Record<string, string>> = Object.freeze({});
const PLAIN: Handshake = Object.freeze({
  plain: true,
  client: "",
  user: "",
  tags: NO_TAGS,
  features: [],
});

/** Reads a Handshake's payload. Unknown keys are ignored, wrong types are refused. */
export function decodeHandshake(payload: Uint8Array): Handshake | HandshakeRefusal {
  if (payload.length === 0) return PLAIN;
  const value = parseObject(payload);
  if (value === undefined) return bad("The payload is neither empty nor a JSON object");
  const { protocol, client, token, user, tags, heartbeatMs, features, resume } = value;
  if (protocol !== undefined && !Number.isInteger(protocol)) {
    return bad("protocol is not an integer");
  }
  if (protocol !== undefined && (protocol as number) < PROTOCOL_VERSION) {
    return {
      refused: "unsupported_version",
      message: `This server speaks protocol ${PROTOCOL_VERSION}: the client offers ${protocol}`,
    };
  }
  if (!isShortText(client, CLIENT_NAME_CHARS_MAX)) {
    return bad(`client is not a string of at most ${CLIENT_NAME_CHARS_MAX} characters`);
  }
  if (!isShortText(user, USER_CHARS_MAX)) {
    return bad(`user is not a string of at most ${USER_CHARS_MAX} characters`);
  }
  if (token !== undefined && typeof token !== "string") return bad("token is not a string");
  if (!areTags(tags)) {
    return bad(
      `tags is not an object of at most ${TAGS_MAX} strings of ${TAG_CHARS_MAX} characters`,
    );
  }
  if (heartbeatMs !== undefined && !Number.isInteger(heartbeatMs)) {
    return bad("heartbeatMs is not an integer");
  }
  if (features !== undefined && !isStringArray(features)) {
    return bad("features is not an array of strings");
  }
  if (resume !== undefined && !isResume(resume)) {
    return bad("resume is not an object of session, secret and received");
  }
  return {
    plain: false,
    client: client ?? "",
    user: user ?? "",
    tags: tags ?? NO_TAGS,
    ...(heartbeatMs === undefined ? {} : { heartbeatMs: heartbeatMs as number }),
    features: FEATURES.filter((feature) => features?.includes(feature)),
    ...(resume === undefined ? {} : { resume }),
  };
}

/** The payload of a HandshakeAck to a client that is not plain. */
export function encodeHandshakeAck(ack: HandshakeAck): Uint8Array {
  return encodeText(JSON.stringify(ack));
}

function bad(message: string): HandshakeRefusal {
  return { refused: "bad_handshake", message };
}

function isShortText(value: unknown, charsMax: number): value is string | undefined {
  return value === undefined || (typeof value === "string" && value.length <= charsMax);
}

function isStringArray(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

/** Whether these are tags as a Handshake may have them; none are fine too. */
export function areTags(value: unknown): value is Record<string, string> | undefined {
  if (value === undefined) return true;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  return entries.length <= TAGS_MAX &&
    entries.every(([name, text]) =>
      name.length <= TAG_CHARS_MAX && typeof text === "string" && text.length <= TAG_CHARS_MAX
    );
}

function isResume(value: unknown): value is ResumeClaim {
  if (typeof value !== "object" || value === null) return false;
  const { session, secret, received } = value as Record<string, unknown>;
  return typeof session === "string" && typeof secret === "string" &&
    Number.isSafeInteger(received) && (received as number) >= 0;
}
