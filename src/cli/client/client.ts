// The command `client`: puts a client together from its options, for a person at a terminal or for a script.

import { Client } from "../../client/client.ts";
import type { ClientOptions } from "../../client/options.ts";
import { makePlatform } from "../../client/platform.ts";
import { parseDuration } from "../../config/duration.ts";
import { readVariable } from "../../config/environment.ts";
import { shown } from "../../config/shown.ts";
import { CLIENT_BOUNDS } from "../../limits/client.ts";
import { COMMANDS_MAX } from "../../limits/terminal_client.ts";
import type { Host } from "../../transport/host.ts";
import { UsageError } from "../admin/errors.ts";
import { VERSION } from "../build_info.ts";
import { readTyped } from "./commands.ts";
import { runLive } from "./live.ts";
import { COMMAND, CREDENTIAL, NAME, PATIENCE, PLAIN } from "./options.ts";
import { linesOf, runScript } from "./script.ts";
import { EXIT_CODE } from "../exit_code.ts";
import { JSON_OUTPUT } from "../options.ts";
import { type CommandLine, valueOf, valuesOf } from "../parse.ts";
import { addressGiven, defaultAddress } from "../peer_address.ts";

/** Runs it; resolves with the exit code. */
export async function client(host: Host, line: CommandLine): Promise<number> {
  let options: ClientOptions;
  try {
    checkCommands(valuesOf(line, COMMAND));
    options = optionsOf(host, line);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    host.stderr(`${error.message}\n`);
    return EXIT_CODE.usage;
  }
  const commands = valuesOf(line, COMMAND);
  const asJson = line.options.has(JSON_OUTPUT.flag);
  const isLive = commands.length === 0 && !asJson && host.isInputTerminal &&
    host.terminal() !== undefined;
  const connected = new Client(options, makePlatform(host));
  if (isLive) return await runLive(host, connected);
  const lines = commands.length > 0 ? commands : linesOf(host.input());
  return await runScript(host, connected, lines, asJson);
}

function optionsOf(host: Host, line: CommandLine): ClientOptions {
  const token = valueOf(line, CREDENTIAL) ?? readVariable(host, "token");
  const user = valueOf(line, NAME);
  return {
    address: addressGiven(host, line) ?? defaultAddress(),
    client: `tcp-server/${VERSION}`,
    ...(token === undefined ? {} : { token }),
    ...(user === undefined ? {} : { user }),
    ...(line.options.has(PLAIN.flag) ? { features: [] } : {}),
    ...patience(valueOf(line, PATIENCE)),
  };
}

function patience(text: string | undefined): Pick<ClientOptions, "requestTimeoutMs"> {
  if (text === undefined) return {};
  const { min, max } = CLIENT_BOUNDS.requestTimeoutMs;
  const requestTimeoutMs = parseDuration(text);
  if (requestTimeoutMs >= min && requestTimeoutMs <= max) return { requestTimeoutMs };
  throw new UsageError(`${PATIENCE.flag}: ${shown(text)}, allowed: a time from 1ms to 24h`);
}

// A mistake in the last one is told before the first one runs.
function checkCommands(commands: readonly string[]): void {
  if (commands.length > COMMANDS_MAX) {
    throw new UsageError(`${COMMAND.flag}: ${commands.length} times, allowed: ${COMMANDS_MAX}`);
  }
  for (const text of commands) {
    const typed = readTyped(text);
    if (typed !== undefined && "error" in typed) throw new UsageError(typed.error);
  }
}
