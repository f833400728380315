// The command `why`: what happened to a user, as a story to be read at night.

import { escapeControls } from "../../base/text.ts";
import { type AdminContext, inPath, printJson, printLines } from "./context.ts";
import { REASONS } from "./reasons.ts";
import { shown } from "../../config/shown.ts";
import { EXIT_CODE } from "../exit_code.ts";
import { bytesText, dayText, spanText, timeText } from "../units.ts";

/** Characters of a session's id that are shown at each event. */
const ID_CHARS = 8;

/** What happened at one moment. */
export interface TimelineEntry {
  readonly at: string;
  readonly event: string;
  readonly session: string;
  readonly address: string;
  readonly client: string;
  readonly ended?: {
    readonly name: string;
    readonly by: string;
    readonly message: string;
    readonly durationMs: number;
    readonly queuedBytes: number;
    readonly rttMs: number | null;
  };
}

/** Tells the story; fails where nothing is known of the user. */
export async function why(context: AdminContext): Promise<number> {
  const user = context.line.words[0]!;
  const answer = await context.api({
    method: "GET",
    path: `/api/v1/users/${inPath(user)}/timeline`,
  });
  const items = answer["items"] as readonly TimelineEntry[];
  if (context.asJson) printJson(context, answer);
  else printLines(context, items.length > 0 ? story(items) : [nothingOf(user)]);
  return items.length > 0 ? EXIT_CODE.ok : EXIT_CODE.failed;
}

/** The lines of a timeline: a heading for each day, a line for each event, and what the last end mostly means. */
export function story(items: readonly TimelineEntry[]): string[] {
  const lines: string[] = [];
  const eventWidth = Math.max(...items.map(({ event }) => event.length));
  let day = "";
  for (const item of items) {
    if (dayText(item.at) !== day) {
      day = dayText(item.at);
      lines.push(`${day} (UTC)`);
    }
    const event = escapeControls(item.event).padEnd(eventWidth);
    lines.push(`  ${timeText(item.at)}  ${event}  ${escapeControls(detailOf(item))}`);
  }
  return [...lines, "", ...conclusion(items)];
}

// Enough of the session's id to tell two of them apart.
function detailOf({ address, client, session, ended }: TimelineEntry): string {
  const mark = ` (${session.slice(0, ID_CHARS)})`;
  if (ended === undefined) return `from ${address}${client === "" ? "" : `, ${client}`}${mark}`;
  const { name, by, message, durationMs, queuedBytes, rttMs } = ended;
  const facts = [`${name} by ${by} after ${spanText(durationMs)}`];
  if (queuedBytes > 0) facts.push(`${bytesText(queuedBytes)} queued`);
  if (rttMs !== null) facts.push(`rtt ${spanText(rttMs)}`);
  return facts.join(", ") + mark + (message === "" ? "" : `: ${message}`);
}

// Where it stands now: who has come and not gone is here.
function conclusion(items: readonly TimelineEntry[]): string[] {
  const here = new Set<string>();
  for (const { session, ended } of items) {
    if (ended === undefined) here.add(session);
    else here.delete(session);
  }
  const last = items.findLast(({ ended }) => ended !== undefined)?.ended;
  const reason = last === undefined ? undefined : REASONS[last.name];
  return [
    here.size === 0 ? "Not connected" : `Connected: ${[...here].map(escapeControls).join(", ")}`,
    ...(reason === undefined ? [] : [`Last end: ${last!.name} mostly means ${reason}`]),
  ];
}

function nothingOf(user: string): string {
  return `Nothing is known of the user ${
    shown(user)
  }: not connected, and no session of it ended lately`;
}
