// Where the admin API is, and the token that opens it: from flags, the environment, or the server's configuration.

import type { Config } from "../../config/config.ts";
import { readVariable } from "../../config/environment.ts";
import { loadConfig } from "../../config/load.ts";
import { shown } from "../../config/shown.ts";
import type { Host } from "../../transport/host.ts";
import { UsageError } from "./errors.ts";
import { ADMIN, TOKEN } from "./options.ts";
import { CONFIG } from "../options.ts";
import { type CommandLine, valueOf } from "../parse.ts";

/** A server to talk to. */
export interface Target {
  /** Without a slash at its end. */
  readonly url: string;
  readonly token: string;
  /** Where the token came from, to be named when it is refused. */
  readonly tokenFrom: string;
}

/** Addresses to listen on that mean "all of mine", and where this machine reaches them. */
const LOOPBACK: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" };

/**
 * Finds the server that is meant.
 *
 * @throws {UsageError} If no URL or no token can be had.
 */
export function findTarget(host: Pick<Host, "env" | "readTextFile">, line: CommandLine): Target {
  const given = valueOf(line, ADMIN) ?? readVariable(host, "admin");
  const url = given === undefined ? configuredUrl(host, line) : checkedUrl(given);
  return { url, ...findToken(host, line) };
}

function findToken(
  host: Pick<Host, "env" | "readTextFile">,
  line: CommandLine,
): Pick<Target, "token" | "tokenFrom"> {
  const flag = valueOf(line, TOKEN);
  if (flag !== undefined) return checkedToken(flag, TOKEN.flag);
  const variable = readVariable(host, "admin-token");
  if (variable !== undefined) return checkedToken(variable, "TCP_SERVER_ADMIN_TOKEN");
  const { tokenFile: file } = configured(host, line);
  try {
    return checkedToken(host.readTextFile(file), file);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(
      `No token: give "${TOKEN.flag}", TCP_SERVER_ADMIN_TOKEN or "${CONFIG.flag}" ` +
        `(cannot read ${shown(file)}: ${reason})`,
    );
  }
}

// A header takes no other characters; the token itself is shown nowhere.
function checkedToken(text: string, tokenFrom: string): Pick<Target, "token" | "tokenFrom"> {
  const token = text.trim();
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new UsageError(`${tokenFrom}: no token, allowed: one word of plain ASCII`);
  }
  return { token, tokenFrom };
}

function checkedUrl(given: string): string {
  const text = given.includes("://") ? given : `http://${given}`;
  if (URL.canParse(text)) {
    const { protocol, origin, pathname } = new URL(text);
    if (protocol === "http:" || protocol === "https:") {
      return `${origin}${pathname}`.replace(/\/+$/, "");
    }
  }
  throw new UsageError(
    `${ADMIN.flag}: ${shown(given)}, allowed: a URL like "http://127.0.0.1:9101"`,
  );
}

function configuredUrl(host: Pick<Host, "env" | "readTextFile">, line: CommandLine): string {
  const { host: name, port } = configured(host, line);
  if (port === 0) {
    throw new UsageError(`admin.port is 0: say with "${ADMIN.flag}" which port it became`);
  }
  const address = LOOPBACK[name] ?? name;
  return `http://${address.includes(":") ? `[${address}]` : address}:${port}`;
}

function configured(
  host: Pick<Host, "env" | "readTextFile">,
  line: CommandLine,
): Config["admin"] {
  const file = valueOf(line, CONFIG) ?? readVariable(host, "config");
  const loaded = loadConfig(host, { file, flags: [] });
  if ("errors" in loaded) throw new UsageError(loaded.errors.join("\n"));
  return loaded.config.admin;
}
