// The line in the log that every change through the API leaves: who, what, and with which result.

import type { Context } from "hono";
import type { LogFields } from "../observe/log.ts";
import type { AdminEnv, NodeContext } from "./context.ts";

/** Writes it. */
export function audit(
  { log }: Pick<NodeContext, "log">,
  c: Context<AdminEnv>,
  action: string,
  fields: LogFields,
): void {
  log("info", "admin change", { who: c.get("who"), action, ...fields });
}
