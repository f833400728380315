// What every command that talks to a server is given, and how it prints.

import { shown } from "../../config/shown.ts";
import type { Host } from "../../transport/host.ts";
import type { AdminApi, Answer } from "./api.ts";
import { UsageError } from "./errors.ts";
import { jsonText } from "../json_text.ts";
import type { CommandLine } from "../parse.ts";

/** What a command works with. */
export interface AdminContext {
  readonly host: Host;
  readonly line: CommandLine;
  readonly api: AdminApi;
  /** Whether to print what the API answered, as JSON. */
  readonly asJson: boolean;
  /** The workers that did not answer so far; told when the command is over. */
  readonly missing: Set<number>;
}

/** Prints lines. */
export function printLines({ host }: AdminContext, lines: readonly string[]): void {
  host.stdout(`${lines.join("\n")}\n`);
}

/** Prints a value as JSON. */
export function printJson({ host }: AdminContext, value: unknown): void {
  host.stdout(`${jsonText(value, 2)}\n`);
}

/** The plain values of an answer in one line: `{matched: 12, slow: 1}` is `12 matched, 1 slow`. */
export function summaryOf(answer: Answer): string {
  return Object.entries(answer).flatMap(([name, value]) =>
    typeof value === "string" ? [value] : typeof value === "number" ? [`${value} ${name}`] : []
  ).join(", ");
}

/** A name as a part of a path. @throws {UsageError} If it is none that a path can hold: dots lead elsewhere. */
export function inPath(name: string): string {
  if (/^\.{0,2}$/.test(name)) {
    throw new UsageError(`${shown(name)}: not a name, allowed: one that is not empty or only dots`);
  }
  return encodeURIComponent(name);
}
