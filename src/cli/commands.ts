// The commands of the program, for the parser and for help. What each does stands in run.ts.

import { ADMIN_COMMANDS, type AdminCommandName } from "./admin/commands.ts";
import { BENCH_OPTIONS } from "./bench/options.ts";
import { CLIENT_OPTIONS } from "./client/options.ts";
import { CONFIG, JSON_OUTPUT, type Option, SERVE_OPTIONS } from "./options.ts";

/** The commands that there are. */
export type CommandName =
  | AdminCommandName
  | "serve"
  | "client"
  | "bench"
  | "check-config"
  | "print-config"
  | "doctor"
  | "completions"
  | "version"
  | "help";

/** What a command takes. */
export interface Command {
  readonly name: CommandName;
  /** The words that follow its name, besides options; "[FILE]" may be left out. None where it is not set. */
  readonly words?: readonly string[];
  readonly summary: string;
  readonly options: readonly Option[];
  readonly examples: readonly string[];
}

/** Those that need no running server, in the order of help. */
export const OWN_COMMANDS: readonly Command[] = [
  {
    name: "serve",
    summary: "Run the server (the default command)",
    options: SERVE_OPTIONS,
    examples: [
      "tcp-server --port 9000 --handler chat",
      "tcp-server --config tcp-server.toml --log-format json",
    ],
  },
  {
    name: "client",
    summary: "Talk to a server by hand, or from a script",
    options: CLIENT_OPTIONS,
    examples: [
      "tcp-server client --to 127.0.0.1:9000 --user ann",
      'tcp-server client -c "request sys.echo hello"',
      'tcp-server client -c "join lobby" -c "wait 1h" --json',
    ],
  },
  {
    name: "bench",
    words: ["WORKLOAD"],
    summary: "Load a server and measure it: echo, fanout, idle or storm",
    options: BENCH_OPTIONS,
    examples: [
      "tcp-server bench echo --conns 64 --depth 16 --seconds 5",
      "tcp-server bench fanout --conns 2000 --to 127.0.0.1:9000",
      "tcp-server bench idle --conns 10000 --json",
    ],
  },
  {
    name: "check-config",
    words: ["[FILE]"],
    summary: "Check the configuration and show every error at once",
    options: [CONFIG],
    examples: ["tcp-server check-config tcp-server.toml"],
  },
  {
    name: "print-config",
    summary: "Show the effective configuration as TOML, each value with its origin",
    options: SERVE_OPTIONS,
    examples: [
      "tcp-server print-config --config tcp-server.toml",
      "TCP_SERVER_PORT=9001 tcp-server print-config > tcp-server.toml",
    ],
  },
  {
    name: "doctor",
    summary: "Show what this machine can hold of this configuration, and what to change",
    options: [...SERVE_OPTIONS, JSON_OUTPUT],
    examples: [
      "tcp-server doctor --max-connections 50000",
      "tcp-server doctor --config tcp-server.toml --json",
    ],
  },
  {
    name: "completions",
    words: ["SHELL"],
    summary: "Print a script that completes commands in bash, zsh or fish",
    options: [],
    examples: [
      "source <(tcp-server completions bash)",
      "tcp-server completions zsh > ~/.zfunc/_tcp-server",
      "tcp-server completions fish > ~/.config/fish/completions/tcp-server.fish",
    ],
  },
  {
    name: "version",
    summary: "Show version, runtime, target and commit",
    options: [],
    examples: ["tcp-server version"],
  },
  {
    name: "help",
    words: ["[COMMAND]"],
    summary: "Show help, for one command or for all",
    options: [],
    examples: ["tcp-server help print-config"],
  },
];

/** All of them. */
export const COMMANDS: readonly Command[] = [...OWN_COMMANDS, ...ADMIN_COMMANDS];

/** What is known about a command; undefined where there is none of this name. */
export function commandOf(name: string): Command | undefined {
  return COMMANDS.find((command) => command.name === name);
}
