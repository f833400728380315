// Bounds of the admin API: what its users, and those who are none, can make grow.

const KIB = 1024;
const MIB = 1024 * KIB;

/**
 * Bytes of a request's body. Parsing a megabyte of JSON takes some milliseconds in which no session is served; more is
 * for the protocol, not for the admin API.
 */
export const ADMIN_BODY_BYTES_MAX = MIB;

/** Items of one page of a list: by default, and at most (10 000 sessions are then ten requests). */
export const PAGE_ITEMS = 100;
export const PAGE_ITEMS_MAX = 1000;

/** Ended sessions that are remembered, some 500 bytes each. */
export const CLOSED_MAX = 10_000;

/** Lost connections and resumes that are remembered for the timelines of users, some 200 bytes each. */
export const MOVES_MAX = 20_000;

/** Bans at once: what one person, or one program, can still look through. */
export const BANS_MAX = 10_000;

/** The longest ban that ends, in seconds: ten years. Whoever wants longer leaves the end out. */
export const BAN_SECONDS_MAX = 10 * 365 * 24 * 60 * 60;

/** The longest text a person says in a ban or a kick, in characters. It has to fit the payload of a Disconnect. */
export const MESSAGE_CHARS_MAX = 500;

/** The longest that a kicked client may be told to stay away, in milliseconds: a day. */
export const RETRY_AFTER_MS_CEILING = 24 * 60 * 60 * 1000;

/** Failed logins of one address before the next ones are turned away, and the seconds in which they count. */
export const LOGIN_FAILURES_MAX = 10;
export const LOGIN_WINDOW_SECONDS = 60;

/** Addresses whose failed logins are counted at once; the one that failed longest ago is forgotten first. */
export const LOGIN_ADDRESSES_MAX = 1000;

/** The longest that a client may take to answer a question, in milliseconds. */
export const ASK_MS_MAX = 60_000;

/** Kicks at a rate that may run at once, and milliseconds between their steps. */
export const PACED_KICKS_MAX = 4;
export const PACED_STEP_MS = 100;

/** Who may listen to events at once: some dashboards and scripts. */
export const EVENT_LISTENERS_MAX = 32;

/**
 * Milliseconds for which a worker sends events to the front after it heard that somebody listens: three of the signs of
 * life below, each of which says so again.
 */
export const EVENTS_WANTED_MS = 45_000;

/** Groups that a worker tells a front, some 3 MB, which both deal with in a tenth of a second. With more there is no list. */
export const GROUPS_TOLD_MAX = 100_000;

/** Events that wait for one listener, some 300 bytes each; more are dropped, and it is told how many. */
export const EVENTS_WAITING_MAX = 1000;

/** Milliseconds between two signs of life to a listener: below the 60 s after which proxies give up. */
export const EVENT_PING_MS = 15_000;

/** Bytes of the admin token: as many as anybody compares against by guessing, and then some. */
export const TOKEN_BYTES = 32;

/** The least and most characters of a token that somebody else wrote into the file. */
export const TOKEN_CHARS_MIN = 16;
export const TOKEN_CHARS_MAX = 1024;

/** The share of a memory budget from which on new clients should go elsewhere: at the whole of it, sessions end. */
export const READY_BUDGET_SHARE = 0.9;

/** Milliseconds between two looks at the event loop, and how many of them the gauge of its lag covers: 15 s, which is how often Prometheus usually looks. */
export const LAG_SAMPLE_MS = 500;
export const LAG_SAMPLES = 30;

/**
 * Bytes of a body at which Bun's HTTP server cuts in, in place of its own 128 MiB. Above the bound of the API, which
 * answers in its own words.
 */
export const HTTP_BODY_BYTES_CEILING = 16 * ADMIN_BODY_BYTES_MAX;

/** Milliseconds that answers may take which are on their way when an HTTP server closes. */
export const HTTP_CLOSE_MS_MAX = 1000;
