// A session as it is kept beyond the life of the process: taken down, and put together again from what was kept.

import { encodeText } from "../base/text.ts";
import { FrameType, isFrameType, readU32 } from "../codec/frame.ts";
import { areTags } from "../codec/handshake.ts";
import { parseObject } from "../codec/json.ts";
import { DATA_BYTES_MAX, GROUPS_PER_SESSION_MAX, NAME_BYTES_MAX } from "../limits/messaging.ts";
import { CLIENT_NAME_CHARS_MAX, HEADER_BYTES, USER_CHARS_MAX } from "../limits/wire.ts";
import type { SessionOwner } from "./owner.ts";
import { NOWHERE } from "./parting.ts";
import { Resumption } from "./resumption.ts";
import { Session } from "./session.ts";
import { Work } from "./work.ts";

/** What is kept of a session. */
export interface SavedSession {
  readonly id: string;
  /** Milliseconds that it still waits for its client; null: it has a connection. */
  readonly waitsMs: number | null;
  /** Who it is, and what the application keeps with it: JSON. */
  readonly about: string;
  readonly secretHash: Uint8Array;
  readonly previousHash: Uint8Array | null;
  readonly sequence: number;
  /** Request ids up to this one are taken; -1 as its lower half: none. */
  readonly idHigh: number;
  readonly idLow: number;
  /** The frames that its client has not acknowledged, and the answers it may ask for again, one behind the other. */
  readonly sent: Uint8Array;
  readonly answers: Uint8Array;
}

/** Bytes of a SHA-256. */
const HASH_BYTES = 32;

/**
 * Takes `session` down.
 *
 * @throws {TypeError} If the application's data has become what JSON does not know.
 */
export function save(session: Session): SavedSession {
  return saveAs(session, session.state !== "waiting");
}

/** The same with all that is kept for its client, although it may be connected. */
export function saveWhole(session: Session): SavedSession {
  session.resumption!.asked.lowerMark();
  return saveAs(session, false);
}

function saveAs(session: Session, isConnected: boolean): SavedSession {
  const { id, owner, user, client, tags, data, speaksRoutes } = session;
  const { waitsUntil } = session.resumption!;
  const record = session.resumption!.record(isConnected);
  const groups = [...session.groups ?? []];
  return {
    ...record,
    id,
    waitsMs: session.state === "waiting" ? Math.max(0, waitsUntil - owner.now) : null,
    about: JSON.stringify({ user, client, tags, groups, data, speaksRoutes }),
    sent: joined(record.sent),
    answers: joined(record.answers),
  };
}

/** Puts a session together that waits for its client; undefined where `saved` is not what `save()` made. */
export function restore(saved: SavedSession, owner: SessionOwner): Session | undefined {
  const about = aboutOf(saved.about);
  const sent = framesOf(saved.sent, [FrameType.Notification, FrameType.Broadcast]);
  const answers = framesOf(saved.answers, [FrameType.Response, FrameType.Error]);
  if (!about || !sent || !answers || !areHashes(saved) || !areNumbers(saved)) return undefined;
  const { groups, ...rest } = about;
  const session = new Session(saved.id, NOWHERE, owner);
  Object.assign(session, rest);
  if (groups.length > 0) session.groups = new Set(groups);
  session.resumption = Resumption.from({ ...saved, sent, answers }, owner.limits, owner.held);
  session.resumption.waitsUntil = owner.now + owner.limits.resumeWindowMs;
  session.work = new Work(owner.held, somewhere(owner));
  session.admittedAt = session.openedAt = owner.now;
  session.enter("active");
  session.enter("waiting");
  return session;
}

// Where the ids of our questions go on. Those of the process before are not known, and its client answers from memory
// what has an id that it was asked already.
function somewhere(owner: SessionOwner): number {
  return Math.floor(owner.random() * 2 ** 20) * 2 ** 32 + Math.floor(owner.random() * 2 ** 32);
}

/** Frames, one behind the other. */
export function joined(frames: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(frames.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const frame of frames) {
    bytes.set(frame, offset);
    offset += frame.length;
  }
  return bytes;
}

/** The frames in `bytes`, each a copy; undefined where there is anything else in it. */
export function framesOf(bytes: Uint8Array, types: readonly FrameType[]): Uint8Array[] | undefined {
  const frames: Uint8Array[] = [];
  for (let offset = 0; offset < bytes.length;) {
    if (bytes.length - offset < HEADER_BYTES) return undefined;
    const end = offset + 4 + readU32(bytes, offset);
    const type = bytes[offset + 4]!;
    if (end < offset + HEADER_BYTES || end > bytes.length) return undefined;
    if (!isFrameType(type) || !types.includes(type)) return undefined;
    // A copy of its own: the others can be forgotten before it.
    frames.push(bytes.slice(offset, end));
    offset = end;
  }
  return frames;
}

type About = Pick<Session, "user" | "client" | "tags" | "data" | "speaksRoutes"> & {
  readonly groups: readonly string[];
};

function aboutOf(text: string): About | undefined {
  const about = parseObject(encodeText(text));
  if (about === undefined) return undefined;
  const { user, client, tags, groups, data, speaksRoutes } = about;
  const isSound = isText(user, USER_CHARS_MAX) && isText(client, CLIENT_NAME_CHARS_MAX) &&
    tags !== undefined && areTags(tags) && areGroups(groups) && isData(data) &&
    typeof speaksRoutes === "boolean";
  return isSound ? { user, client, tags, groups, data, speaksRoutes } : undefined;
}

function isText(value: unknown, charsMax: number): value is string {
  return typeof value === "string" && value.length <= charsMax;
}

function areGroups(value: unknown): value is string[] {
  return Array.isArray(value) && value.length <= GROUPS_PER_SESSION_MAX &&
    value.every((name) =>
      typeof name === "string" && name !== "" && encodeText(name).length <= NAME_BYTES_MAX
    );
}

function isData(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    encodeText(JSON.stringify(value)).length <= DATA_BYTES_MAX;
}

function areHashes({ secretHash, previousHash }: SavedSession): boolean {
  return secretHash.length === HASH_BYTES &&
    (previousHash === null || previousHash.length === HASH_BYTES);
}

function areNumbers({ sequence, idHigh, idLow }: SavedSession): boolean {
  return Number.isSafeInteger(sequence) && sequence >= 0 && isHalf(idHigh) &&
    (isHalf(idLow) || (idHigh === 0 && idLow === -1));
}

function isHalf(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < 2 ** 32;
}
