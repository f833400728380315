// Where `serve` keeps sessions beyond its own life, as the configuration says.

import type { Config } from "../../config/config.ts";
import type { SessionStore } from "../../server/session_store.ts";

/**
 * Opens the store; undefined where sessions end with the process. SQLite is loaded only where it is asked for.
 *
 * @throws {StoreError} As a rejection: if it cannot be used.
 */
export async function openStore({ store, path }: Config["resume"]): Promise<
  SessionStore | undefined
> {
  if (store === "memory") return undefined;
  const { SqliteStore } = await import("../../store/sqlite_store.ts");
  return new SqliteStore(path);
}
