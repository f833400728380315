// The options of the commands that talk to a running server, and what of them is a filter of sessions.

import { CONFIG, JSON_OUTPUT, type Option } from "../options.ts";

export const ADMIN: Option = {
  flag: "--admin",
  value: "URL",
  help: "The admin API (default: where the configuration says, http://127.0.0.1:9101)",
};
export const TOKEN: Option = {
  flag: "--token",
  value: "TOKEN",
  help: "Its token; without this TCP_SERVER_ADMIN_TOKEN, or the file of the configuration",
};

/** How any of these commands finds its server. */
export const CONNECTION: readonly Option[] = [
  ADMIN,
  TOKEN,
  { ...CONFIG, help: "The server's configuration: where its API and its token file are" },
  JSON_OUTPUT,
];

export const USER: Option = { flag: "--user", value: "USER", help: "Sessions of this user" };
export const GROUP: Option = { flag: "--group", value: "GROUP", help: "Sessions in this group" };
export const TAG: Option = {
  flag: "--tag",
  value: "NAME=VALUE",
  help: "Sessions with this tag; may be given again",
};
export const ADDRESS: Option = {
  flag: "--address",
  value: "CIDR",
  help: "Sessions from this address or network",
};
export const CLIENT: Option = {
  flag: "--client",
  value: "NAME",
  help: "Sessions of this client: app, or app/1.2",
};
export const STATE: Option = {
  flag: "--state",
  value: "STATE",
  help: "Sessions in this state: connecting, active, idle",
  choices: ["connecting", "active", "idle"],
};
export const IDLE_OVER: Option = {
  flag: "--idle-over",
  value: "TIME",
  help: "Sessions without an application frame for longer: 5m",
};
export const RTT_OVER: Option = {
  flag: "--rtt-over",
  value: "TIME",
  help: "Sessions with a longer round trip: 300ms",
};
export const QUEUED_OVER: Option = {
  flag: "--queued-over",
  value: "SIZE",
  help: "Sessions for which more waits: 64KiB",
};

/** Which sessions are meant; all of it must hold. */
export const FILTERS: readonly Option[] = [
  USER,
  GROUP,
  TAG,
  ADDRESS,
  CLIENT,
  STATE,
  IDLE_OVER,
  RTT_OVER,
  QUEUED_OVER,
];

export const ALL: Option = { flag: "--all", help: "All sessions, where no filter is given" };
export const DRY_RUN: Option = { flag: "--dry-run", help: "Only count who is meant" };
export const EXCEPT: Option = {
  flag: "--except",
  value: "ID",
  help: "But not this session; may be given again",
};

/** What the short names of fields stand for in the API; others are passed on as they are. */
export const SORT_FIELDS: Readonly<Record<string, string>> = {
  queued: "queuedBytes",
  rtt: "rttMs",
  received: "bytesReceived",
  sent: "bytesSent",
  running: "requestsRunning",
  activity: "lastActivityAt",
  created: "createdAt",
};
export const SORT: Option = {
  flag: "--sort",
  value: "FIELD",
  help: `Largest first: ${Object.keys(SORT_FIELDS).join(", ")}`,
  choices: Object.keys(SORT_FIELDS),
};
export const CODE: Option = {
  flag: "--code",
  value: "CODE",
  help: "Sessions that ended with this code, by name or number",
};
export const REVERSE: Option = { flag: "--reverse", help: "Smallest first" };
export const LIMIT: Option = { flag: "--limit", value: "N", help: "At most so many (default 100)" };

export const ROUTE: Option = { flag: "--route", value: "ROUTE", help: "The route it goes to" };
export const BASE64: Option = { flag: "--base64", help: "TEXT is base64: bytes that are no text" };
export const TIMEOUT: Option = {
  flag: "--timeout",
  value: "TIME",
  help: "How long to wait for the answer (default: the server's request_timeout)",
};

export const MESSAGE: Option = {
  flag: "--message",
  value: "TEXT",
  help: "What its client is told",
};
export const RECONNECT: Option = {
  flag: "--reconnect",
  value: "yes|no",
  help: "Whether its client may come back by itself",
  choices: ["yes", "no"],
};
export const RETRY_AFTER: Option = {
  flag: "--retry-after",
  value: "TIME",
  help: "When it may come back: 30s",
};
export const BAN: Option = { flag: "--ban", value: "TIME", help: "Keep it out for so long: 1h" };
export const RATE: Option = { flag: "--rate", value: "N", help: "At most so many a second" };

export const ONCE: Option = { flag: "--once", help: "Print one picture and leave" };
