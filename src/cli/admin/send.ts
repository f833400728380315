// The commands `send`, `broadcast` and `ask`: what an application's clients are told and asked.

import { escapeControls } from "../../base/text.ts";
import { ASK_MS_MAX } from "../../limits/admin.ts";
import type { Answer } from "./api.ts";
import { type AdminContext, inPath, printJson, printLines, summaryOf } from "./context.ts";
import { UsageError } from "./errors.ts";
import { durationOf, readFilter } from "./filter.ts";
import { BASE64, DRY_RUN, EXCEPT, GROUP, ROUTE, TIMEOUT, USER } from "./options.ts";
import { EXIT_CODE } from "../exit_code.ts";
import { type CommandLine, valueOf, valuesOf } from "../parse.ts";

/** Sends a Notification; fails where the session is gone. */
export async function send(context: AdminContext): Promise<number> {
  const { line, api, asJson } = context;
  const path = `${targetOf(line)}/send`;
  const body = payloadOf(line, line.words.at(-1)!, valueOf(line, ROUTE));
  const answer = await api({ method: "POST", path, body });
  if (asJson) printJson(context, answer);
  else printLines(context, [escapeControls(summaryOf(answer))]);
  return answer["result"] === "gone" ? EXIT_CODE.failed : EXIT_CODE.ok;
}

/** Sends a Broadcast. */
export async function broadcast(context: AdminContext): Promise<void> {
  const { line, api, asJson } = context;
  const filter = readFilter(line);
  const except = valuesOf(line, EXCEPT);
  const dryRun = line.options.has(DRY_RUN.flag);
  const body = {
    ...payloadOf(line, line.words[0]!, undefined),
    ...(Object.keys(filter).length > 0 && { filter }),
    ...(except.length > 0 && { except }),
    ...(dryRun && { dryRun }),
  };
  const answer = await api({ method: "POST", path: "/api/v1/broadcast", body });
  if (asJson) return printJson(context, answer);
  printLines(context, [outcomeOf(answer, dryRun)]);
}

/** Asks a client, and prints what it answers. */
export async function ask(context: AdminContext): Promise<void> {
  const { line, api, asJson } = context;
  const [id, ...rest] = line.words;
  const [route, text] = rest.length > 1 ? rest : [undefined, rest[0]];
  const timeoutMs = durationOf(line, TIMEOUT);
  const answer = await api({
    method: "POST",
    path: `/api/v1/sessions/${inPath(id!)}/request`,
    body: { ...payloadOf(line, text!, route), ...(timeoutMs !== undefined && { timeoutMs }) },
    waitMs: timeoutMs ?? ASK_MS_MAX,
  });
  if (asJson) return printJson(context, answer);
  const { text: said, base64 } = answer as { text?: string; base64?: string };
  // An answer of several lines stays one: nothing else is shown that a line of it could forge.
  printLines(context, (said ?? base64 ?? "").split("\n").map(escapeControls));
}

/** What was done, or would be. */
export function outcomeOf(answer: Answer, dryRun: boolean): string {
  if (dryRun) return `${answer["matched"]} matched (a dry run: nothing was done)`;
  return escapeControls(summaryOf(answer));
}

// Exactly one of a session, a user and a group.
function targetOf(line: CommandLine): string {
  const { user, group } = readFilter(line);
  const id = line.words.length > 1 ? line.words[0] : undefined;
  if ([user, group, id].filter((target) => target !== undefined).length !== 1) {
    throw new UsageError(
      `Name one target and one text: ID TEXT, "${USER.flag}" USER TEXT or "${GROUP.flag}" GROUP TEXT`,
    );
  }
  if (user !== undefined) return `/api/v1/users/${inPath(user)}`;
  if (group !== undefined) return `/api/v1/groups/${inPath(group)}`;
  return `/api/v1/sessions/${inPath(id!)}`;
}

function payloadOf(
  line: CommandLine,
  text: string,
  route: string | undefined,
): Readonly<Record<string, string>> {
  const payload: Record<string, string> = line.options.has(BASE64.flag)
    ? { base64: text }
    : { text };
  return { ...payload, ...(route !== undefined && { route }) };
}
