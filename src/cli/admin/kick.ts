// The commands `kick` and `drain`: ending one session, some, or all of them with the server.

import { type AdminContext, inPath, printJson, printLines } from "./context.ts";
import { UsageError } from "./errors.ts";
import { countOf, durationOf, readFilter } from "./filter.ts";
import { ALL, BAN, DRY_RUN, MESSAGE, RATE, RECONNECT, RETRY_AFTER, USER } from "./options.ts";
import { outcomeOf } from "./send.ts";
import { type CommandLine, valueOf } from "../parse.ts";

/** Sessions that may be ended in a second: as many as there can be. */
const RATE_MAX = 1_000_000;

/** Ends a session, all sessions of a user, or those that match. */
export async function kick(context: AdminContext): Promise<void> {
  const { line, api, asJson } = context;
  const dryRun = line.options.has(DRY_RUN.flag);
  const answer = await api(callOf(line, dryRun));
  if (asJson) return printJson(context, answer);
  const rate = countOf(line, RATE, RATE_MAX);
  printLines(context, [
    rate === undefined || dryRun
      ? outcomeOf(answer, dryRun)
      : `${answer["matched"]} matched: they are ended at ${rate} a second`,
  ]);
}

/** Shuts the server down. */
export async function drain(context: AdminContext): Promise<void> {
  const answer = await context.api({ method: "POST", path: "/api/v1/drain", body: {} });
  if (context.asJson) return printJson(context, answer);
  const { sessions } = answer as { sessions?: number };
  const told = sessions === undefined ? "its sessions" : `${sessions} sessions`;
  printLines(context, [`The server drains: ${told} are told when to come back`]);
}

function callOf(line: CommandLine, dryRun: boolean) {
  const [id] = line.words;
  const filter = readFilter(line);
  const names = Object.keys(filter);
  const ratePerSecond = countOf(line, RATE, RATE_MAX);
  const body = optionsOf(line);
  if (id !== undefined) {
    if (names.length > 0 || line.options.has(ALL.flag) || dryRun || ratePerSecond !== undefined) {
      throw new UsageError(
        `A session is named, so no filter, "${ALL.flag}", "${DRY_RUN.flag}" or "${RATE.flag}"`,
      );
    }
    return { method: "DELETE", path: `/api/v1/sessions/${inPath(id)}`, body } as const;
  }
  if ((names.length === 0) !== line.options.has(ALL.flag)) {
    throw new UsageError(
      `Name a session, or whom to kick with a filter like "${USER.flag}", or "${ALL.flag}": one of them`,
    );
  }
  if (names.length === 1 && filter["user"] && !dryRun && ratePerSecond === undefined) {
    return { method: "DELETE", path: `/api/v1/users/${inPath(filter["user"])}`, body } as const;
  }
  return {
    method: "POST",
    path: "/api/v1/kick",
    body: {
      filter,
      ...body,
      ...(dryRun && { dryRun }),
      ...(ratePerSecond !== undefined && { ratePerSecond }),
    },
  } as const;
}

function optionsOf(line: CommandLine): Record<string, unknown> {
  const [message, reconnect] = [valueOf(line, MESSAGE), valueOf(line, RECONNECT)];
  const [retryAfterMs, banMs] = [durationOf(line, RETRY_AFTER), durationOf(line, BAN)];
  return {
    ...(message !== undefined && { message }),
    ...(reconnect !== undefined && { reconnect }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(banMs !== undefined && { banSeconds: Math.ceil(banMs / 1000) }),
  };
}
