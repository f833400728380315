// A server with its admin API, and somebody who asks it over HTTP.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cleanup } from "./program.ts";
import { type RunningServer, type Settings, startServer } from "./running_server.ts";

type Fields = Readonly<Record<string, unknown>>;

/** An answer of the API. */
export interface Answer {
  readonly status: number;
  readonly body: Fields;
}

/** A running server, and its API. */
export interface Administered {
  readonly server: RunningServer;
  /** Where the API is, without a slash at the end. */
  readonly url: string;
  readonly tokenFile: string;
  readonly token: string;
  /** Asks with the token: `GET /api/v1/server`, and what to send as JSON. */
  ask(what: string, body?: unknown): Promise<Answer>;
}

/** Starts one whose token file is in a folder of its own, and is made by the server. */
export async function startAdministered(
  t: Cleanup,
  settings: Settings = {},
  command?: readonly string[],
): Promise<Administered> {
  const folder = mkdtempSync(join(tmpdir(), "tcp-server-"));
  const tokenFile = join(folder, "admin.token");
  const server = await startServer(t, {
    admin_enabled: "true",
    admin_port: "0",
    admin_token_file: tokenFile,
    ...settings,
  }, command);
  t.after(() => rmSync(folder, { recursive: true }));
  const { port } = await server.log.first("admin listening");
  const url = `http://127.0.0.1:${port}`;
  const token = readFileSync(tokenFile, "utf8").trim();
  return {
    server,
    url,
    tokenFile,
    token,
    async ask(what, body) {
      const [method = "", path = ""] = what.split(" ");
      const response = await fetch(`${url}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: response.status, body: await response.json() as Fields };
    },
  };
}
