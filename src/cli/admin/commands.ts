// The commands that talk to a running server, for the parser and for help. What each does stands in admin.ts.

import * as option from "./options.ts";
import type { Option } from "../options.ts";

/** Their names. */
export type AdminCommandName =
  | "sessions"
  | "kick"
  | "send"
  | "broadcast"
  | "ask"
  | "closed"
  | "why"
  | "top"
  | "drain";

interface AdminCommand {
  readonly name: AdminCommandName;
  readonly words?: readonly string[];
  readonly summary: string;
  readonly options: readonly Option[];
  readonly examples: readonly string[];
}

/** In the order of help. */
export const ADMIN_COMMANDS: readonly AdminCommand[] = [
  {
    name: "sessions",
    words: ["[ID]"],
    summary: "List the sessions that match, or show one",
    options: [
      ...option.FILTERS,
      option.SORT,
      option.REVERSE,
      option.LIMIT,
      ...option.CONNECTION,
    ],
    examples: [
      "tcp-server sessions --user ann",
      "tcp-server sessions --queued-over 64KiB --sort queued --limit 20",
      "tcp-server sessions ID --json",
    ],
  },
  {
    name: "closed",
    summary: "List the sessions that ended lately, and why",
    options: [
      option.USER,
      option.ADDRESS,
      option.CODE,
      option.LIMIT,
      ...option.CONNECTION,
    ],
    examples: ["tcp-server closed --code slow_consumer", "tcp-server closed --user ann --limit 5"],
  },
  {
    name: "why",
    words: ["USER"],
    summary: "Tell what happened to a user: when it came, when it went, and why",
    options: option.CONNECTION,
    examples: ["tcp-server why ann"],
  },
  {
    name: "top",
    summary: "Watch the server and its sessions live",
    options: [
      ...option.FILTERS,
      option.SORT,
      option.REVERSE,
      option.LIMIT,
      option.ONCE,
      ...option.CONNECTION,
    ],
    examples: ["tcp-server top --sort rtt", "tcp-server top --once"],
  },
  {
    name: "send",
    words: ["[ID]", "TEXT"],
    summary: "Send a Notification to a session, a user or a group",
    options: [option.USER, option.GROUP, option.ROUTE, option.BASE64, ...option.CONNECTION],
    examples: [
      'tcp-server send --user ann "Your order is ready"',
      "tcp-server send ID AP8= --base64 --route sensor.reset",
    ],
  },
  {
    name: "broadcast",
    words: ["TEXT"],
    summary: "Send a Broadcast to all sessions, or to those that match",
    options: [
      ...option.FILTERS,
      option.EXCEPT,
      option.DRY_RUN,
      option.BASE64,
      ...option.CONNECTION,
    ],
    examples: [
      'tcp-server broadcast "Restart at 10:00" --dry-run',
      "tcp-server broadcast hello --tag region=eu",
    ],
  },
  {
    name: "ask",
    words: ["ID", "[ROUTE]", "TEXT"],
    summary: "Ask the client of a session and print its answer",
    options: [option.TIMEOUT, option.BASE64, ...option.CONNECTION],
    examples: ["tcp-server ask ID app.version now --timeout 2s"],
  },
  {
    name: "kick",
    words: ["[ID]"],
    summary: "End a session, all of a user, or those that match",
    options: [
      ...option.FILTERS,
      option.ALL,
      option.DRY_RUN,
      option.RATE,
      option.MESSAGE,
      option.RECONNECT,
      option.RETRY_AFTER,
      option.BAN,
      ...option.CONNECTION,
    ],
    examples: [
      "tcp-server kick --user ann --ban 1h",
      "tcp-server kick --client app/1.2 --dry-run",
      "tcp-server kick --client app/1.2 --rate 100 --reconnect yes",
    ],
  },
  {
    name: "drain",
    summary: "Shut the server down as SIGTERM does: clients are told when to come back",
    options: option.CONNECTION,
    examples: ["tcp-server drain"],
  },
];
