// The commands that talk to a running server: which function serves which, and how failures become exit codes.

import type { Host } from "../../transport/host.ts";
import { adminApi, type Fetch } from "./api.ts";
import { closed } from "./closed.ts";
import type { AdminCommandName } from "./commands.ts";
import type { AdminContext } from "./context.ts";
import { AnswerError, UsageError } from "./errors.ts";
import { drain, kick } from "./kick.ts";
import { ask, broadcast, send } from "./send.ts";
import { sessions } from "./sessions.ts";
import { findTarget } from "./target.ts";
import { top } from "./top.ts";
import { why } from "./why.ts";
import { EXIT_CODE } from "../exit_code.ts";
import { JSON_OUTPUT } from "../options.ts";
import type { CommandLine } from "../parse.ts";

/** Without an exit code of its own a command that returns has done what it should. */
const RUN: Readonly<Record<AdminCommandName, (context: AdminContext) => Promise<number | void>>> = {
  sessions,
  kick,
  send,
  broadcast,
  ask,
  closed,
  why,
  top,
  drain,
};

/** A request that the API takes for a mistake of the one who wrote it. */
const STATUS_INVALID = 400;

/** Runs one of them; resolves with the exit code. */
export async function runAdmin(
  host: Host,
  name: AdminCommandName,
  line: CommandLine,
  fetch: Fetch,
): Promise<number> {
  const missing = new Set<number>();
  try {
    const api = adminApi(findTarget(host, line), fetch, missing);
    const asJson = line.options.has(JSON_OUTPUT.flag);
    return await RUN[name]({ host, line, api, asJson, missing }) ?? EXIT_CODE.ok;
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof AnswerError)) throw error;
    host.stderr(`${error.message}\n`);
    const isUsage = error instanceof UsageError || error.status === STATUS_INVALID;
    return isUsage ? EXIT_CODE.usage : EXIT_CODE.failed;
  } finally {
    if (missing.size > 0) host.stderr(`${missingText([...missing])}\n`);
  }
}

// What the command printed or did is without them.
function missingText(nodes: readonly number[]): string {
  const names = nodes.toSorted((a, b) => a - b).join(", ");
  return `${nodes.length === 1 ? "Worker" : "Workers"} ${names} did not answer`;
}
