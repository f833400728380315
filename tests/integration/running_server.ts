// A server under test that listens on a free port of the loopback, with its log.

import assert from "node:assert/strict";
import { LogLines } from "./log_lines.ts";
import { type Cleanup, Program, programUnderTest } from "./program.ts";

/** Keys of the configuration, e.g. `handshake_timeout: "100ms"`. They travel as variables of the environment. */
export type Settings = Readonly<Record<string, string>>;

/** Without the admin API, unless a test wants it: its default port and token file are one for all servers. */
const WITHOUT_HTTP: Settings = { admin_enabled: "false" };

export interface RunningServer {
  readonly port: number;
  readonly log: LogLines;
  readonly program: Program;
}

/**
 * Starts a server that ends with the test, and fails the test where the server reports a fault of its own.
 *
 * @param command What starts the program, with further arguments.
 */
export async function startServer(
  t: Cleanup,
  settings: Settings = {},
  command: readonly string[] = programUnderTest(),
): Promise<RunningServer> {
  const env = Object.fromEntries(
    Object.entries({ ...WITHOUT_HTTP, ...settings }).map((
      [name, value],
    ) => [`TCP_SERVER_${name.toUpperCase()}`, value]),
  );
  const args = ["--host", "127.0.0.1", "--port", "0", "--log-format", "json"];
  const program = new Program(t, [...command, ...args], env);
  const log = new LogLines();
  program.onLine = (line) => log.push(line);
  program.onEnd = () => log.end();
  t.after(() => {
    assert.equal(program.stderr, "");
    // A few of them: a diff of thousands takes all the memory there is.
    const faults = log.lines.filter(({ level }) => level === "error" || level === "fatal");
    assert.deepEqual(faults.slice(0, 3), []);
  });
  try {
    const { port } = await log.first("listening");
    return { port: port as number, log, program };
  } catch (cause) {
    throw new Error(`Cannot start the server: ${program.stdout}${program.stderr}`, { cause });
  }
}
