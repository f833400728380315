// Runs the command that the arguments name and tells the exit code. What the server does is given to it.

import type { Config } from "../config/config.ts";
import { readVariable } from "../config/environment.ts";
import { loadConfig, type Loaded } from "../config/load.ts";
import { formatValues } from "../config/print.ts";
import type { Values } from "../config/values.ts";
import { didYouMean, nearest } from "../config/nearest.ts";
import { shown } from "../config/shown.ts";
import type { Host } from "../transport/host.ts";
import { runAdmin } from "./admin/admin.ts";
import type { Fetch } from "./admin/api.ts";
import { bench } from "./bench/bench.ts";
import { type BuildInfo, VERSION } from "./build_info.ts";
import { client } from "./client/client.ts";
import { commandOf, COMMANDS } from "./commands.ts";
import { completionsFor } from "./completions/completions.ts";
import { SHELLS } from "./completions/words.ts";
import { doctor } from "./doctor/doctor.ts";
import { EXIT_CODE } from "./exit_code.ts";
import { helpFor } from "./help.ts";
import { CONFIG, HELP, JSON_OUTPUT, PORT_FILE, VERSION_OPTION } from "./options.ts";
import { type CommandLine, parseCommandLine, valueOf } from "./parse.ts";

/** What `serve` is told besides the configuration. */
export interface ServeOptions {
  /** The file that tells the port once the server listens. */
  readonly portFile?: string;
  /** Where the values of the configuration come from, and how it is read again. */
  readonly values: Values;
  readonly load: () => Loaded;
}

/** Runs a server to its end and tells the exit code. */
export type Serve = (
  host: Host,
  config: Config,
  options: ServeOptions,
  build: BuildInfo,
) => Promise<number>;

/** The commands that are composed elsewhere. */
export interface Commands {
  readonly serve: Serve;
  /** How a running server is reached. */
  readonly fetch: Fetch;
}

/** Does what `host.args` ask for; resolves with the exit code. */
export async function runCli(host: Host, build: BuildInfo, commands: Commands): Promise<number> {
  const line = parseCommandLine(host.args);
  if ("errors" in line) return usageErrors(host, line.errors);
  if (line.options.has(HELP.flag)) return print(host, helpFor(line.command));
  if (line.options.has(VERSION_OPTION.flag)) return printVersion(host, build);
  const name = line.command?.name ?? "serve";
  switch (name) {
    case "serve":
      return await serve(host, build, line, commands.serve);
    case "client":
      return await client(host, line);
    case "bench":
      return await bench(host, line);
    case "check-config":
      return checkConfig(host, line);
    case "print-config":
      return printConfig(host, line);
    case "doctor":
      return runDoctor(host, line);
    case "completions":
      return printCompletions(host, line.words[0]!);
    case "version":
      return printVersion(host, build);
    case "help":
      return printHelp(host, line.words[0]);
    default:
      return await runAdmin(host, name, line, commands.fetch);
  }
}

async function serve(
  host: Host,
  build: BuildInfo,
  line: CommandLine,
  run: Serve,
): Promise<number> {
  const loaded = load(host, line);
  if ("errors" in loaded) return configErrors(host, loaded.errors);
  const portFile = valueOf(line, PORT_FILE) ?? readVariable(host, "port-file");
  const options = {
    ...(portFile === undefined ? {} : { portFile }),
    values: loaded.values,
    load: () => load(host, line),
  };
  return await run(host, loaded.config, options, build);
}

function checkConfig(host: Host, line: CommandLine): number {
  if (line.words.length > 0 && line.options.has(CONFIG.flag)) {
    return usageErrors(host, [`Two files to check: name one, with or without "${CONFIG.flag}"`]);
  }
  const loaded = load(host, line);
  if ("errors" in loaded) return configErrors(host, loaded.errors);
  const what = fileOf(host, line) ?? "No configuration file given, defaults and environment";
  return print(host, `${what}: ok\n`);
}

function printConfig(host: Host, line: CommandLine): number {
  const loaded = load(host, line);
  if ("errors" in loaded) return configErrors(host, loaded.errors);
  return print(host, formatValues(loaded.values));
}

function runDoctor(host: Host, line: CommandLine): number {
  const loaded = load(host, line);
  if ("errors" in loaded) return configErrors(host, loaded.errors);
  return doctor(host, loaded.config, loaded.values, line.options.has(JSON_OUTPUT.flag));
}

function printCompletions(host: Host, shell: string): number {
  const script = completionsFor(shell);
  if (script !== undefined) return print(host, script);
  const known = SHELLS.join(", ");
  return usageErrors(host, [`No completions for the shell ${shown(shell)}, there are: ${known}`]);
}

function printHelp(host: Host, topic: string | undefined): number {
  if (topic === undefined) return print(host, helpFor(undefined));
  const command = commandOf(topic);
  if (command !== undefined) return print(host, helpFor(command));
  const near = nearest(topic, COMMANDS.map(({ name }) => name));
  return usageErrors(host, [`Unknown command ${shown(topic)}${didYouMean(near)}`]);
}

function printVersion(host: Host, build: BuildInfo): number {
  const lines = [
    ["tcp-server", VERSION],
    ["runtime", host.runtime],
    ["target", build.target],
    ["commit", build.commit],
  ] as const;
  return print(host, lines.map(([name, value]) => `${name.padEnd(11)}${value}\n`).join(""));
}

function load(host: Host, line: CommandLine): Loaded {
  return loadConfig(host, { file: fileOf(host, line), flags: line.flags });
}

function fileOf(host: Host, line: CommandLine): string | undefined {
  return line.words[0] ?? valueOf(line, CONFIG) ?? readVariable(host, "config");
}

function print(host: Host, text: string): number {
  host.stdout(text);
  return EXIT_CODE.ok;
}

function usageErrors(host: Host, errors: readonly string[]): number {
  host.stderr(`${errors.join("\n")}\nRun "tcp-server --help" to see what there is\n`);
  return EXIT_CODE.usage;
}

function configErrors(host: Host, errors: readonly string[]): number {
  host.stderr(`${errors.join("\n")}\n`);
  return EXIT_CODE.usage;
}
