// Bounds of the handlers in the box: chat rooms, and calls to a backend.

const KIB = 1024;
const MIB = 1024 * KIB;
const SECOND = 1000;

/** The longest name of a chat room, in characters: with 4 bytes each it is still the name of a group. */
export const ROOM_CHARS_MAX = 60;

/** The longest name that somebody without a user id chooses for a chat room, in characters. */
export const MEMBER_CHARS_MAX = 64;

/** The longest thing said in a chat room, in characters: a message, not a document. */
export const SAY_CHARS_MAX = 4096;

/**
 * Names told of one chat room, and how many members it may have before nobody is told who comes and goes: telling it
 * costs as many frames as there are members, and when all of them come at once, the square of that.
 */
export const ROOM_NAMES_MAX = 256;

/**
 * Milliseconds after which a worker says how often it has changed its part of the chat rooms: who has lost a change asks
 * for all of them again. Seldom enough to cost nothing, and a wrong list of names lasts no longer.
 */
export const ROOMS_BEAT_MS = 10 * SECOND;

/** Changes kept while a worker is asked for all it has: everybody of ten thousand joins a room. Some 200 bytes each. */
export const MIRROR_BEHIND_MAX = 10_000;

/**
 * Calls to the backend that wait while as many as allowed run. At 1 ms a call and 256 at once this is 16 ms of work; a
 * longer line would only be waited in by clients that have given up.
 */
export const BACKEND_WAITING_MAX = 4096;

/** Bytes of an answer of the backend: with 256 of them at once still a quarter of a gigabyte. */
export const BACKEND_ANSWER_BYTES_MAX = MIB;

/** Bytes read of an answer nobody wants: enough to keep its connection for the next call. */
export const BACKEND_UNWANTED_BYTES_MAX = 64 * KIB;

/** Failures in a row after which the backend is taken to be down, and milliseconds until one call tries it again. */
export const BREAKER_FAILURES = 10;
export const BREAKER_REST_MS = SECOND;

/** Events for the backend that wait: everybody of ten thousand came and went. Some 500 bytes each. */
export const EVENTS_WAITING_MAX = 20_000;

/** Events sent at once, each of another user: Requests get the rest of the backend's attention. */
export const EVENTS_AT_ONCE = 32;

/** Milliseconds before each further try to send an event: a restart of the backend fits in. Then it is lost. */
export const EVENT_PAUSES_MS: readonly number[] = [SECOND, 2 * SECOND, 4 * SECOND, 8 * SECOND];

/**
 * What a generation grows by in a millisecond: more than one worker could let in, so that generations never run ahead of
 * the time, and those of all workers are in order.
 */
export const GENERATIONS_PER_MS = 1000;

/** Sessions on their way to another worker of which each one knows the generation: everybody of ten thousand, and more. */
export const GENERATIONS_MOVING_MAX = 20_000;

/** What a backend may hear of. */
export const BACKEND_EVENTS = ["connect", "disconnect", "resume"] as const;

export type BackendEventName = (typeof BACKEND_EVENTS)[number];
