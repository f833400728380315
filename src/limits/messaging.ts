// Bounds of what an application builds from sessions: routes, groups, questions.

/** The longest name of a route or a group, in bytes of UTF-8: its length is one byte on the wire. */
export const NAME_BYTES_MAX = 255;

/** Groups one session may be in: rooms and topics, not a database. Ten thousand sessions times this is what is kept. */
export const GROUPS_PER_SESSION_MAX = 64;

/** Bytes of JSON kept as `data` of one session: a profile, not a document. */
export const DATA_BYTES_MAX = 16 * 1024;

/** The application's own codes, inclusive. */
export const APPLICATION_CODE_MIN = 3000;
export const APPLICATION_CODE_MAX = 3999;

/** The code of a payload that the handler's schema refuses: 3000 and the HTTP status that says the same. */
export const BAD_PAYLOAD_CODE = 3400;

/** The longest message of an Error that an application chooses, in characters. */
export const ERROR_MESSAGE_CHARS_MAX = 200;
