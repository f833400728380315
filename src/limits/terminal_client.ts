// Bounds of the client at a terminal: what typing, pasting and a talkative server can make it keep.

/** Lines that the arrow keys bring back. They are kept in memory only: what was typed may be a secret. */
export const HISTORY_LINES_MAX = 500;

/** Characters of a line that is typed, and of one that comes through a pipe: 1 MiB, which no person types. */
export const LINE_CHARS_MAX = 1024 * 1024;

/** Questions of the server without an answer; beyond that the oldest one is refused. The server has a time-out too. */
export const QUESTIONS_MAX = 100;

/** Bytes of a payload that are shown to a person; `--json` shows all of them. */
export const SHOWN_BYTES_MAX = 4096;

/** Commands given with `-c`. */
export const COMMANDS_MAX = 1000;
