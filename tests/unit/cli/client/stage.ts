// The command `client` on a simulated network, with a server, a fake terminal, and time that the test gives.

import assert from "node:assert/strict";
import { runCli } from "../../../../src/cli/run.ts";
import type { Host, Signal } from "../../../../src/transport/host.ts";
import { sys } from "../../../../src/handlers/sys.ts";
import { fakeHost } from "../../fake_host.ts";
import { Stage } from "../../server/stage.ts";

const ON = {
  echo: true,
  info: true,
  join: true,
  joinPattern: "",
  leave: true,
  publish: true,
  tell: true,
};

export interface ClientStageOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Standard input and output are a terminal. */
  readonly isTerminal?: boolean;
  /** What is piped in. */
  readonly input?: readonly string[];
  readonly columns?: number;
}

/** The program, started; it talks to `server`. */
export class ClientStage {
  readonly stage: Stage;
  readonly output: { stdout: string; stderr: string };
  code: number | undefined;
  /** Whether keys are read: then the terminal is not as it was. */
  isRaw = false;
  readonly #signals = new Map<Signal, () => void>();
  #press: (keys: string) => void = () => assert.fail("nobody listens for keys");

  constructor(options: ClientStageOptions = {}, stage?: Stage) {
    const { isTerminal = false, input = [], columns = 80 } = options;
    this.stage = stage ?? new Stage({ routes: (app) => sys(app, ON) });
    const to = options.args?.includes("--to") ? [] : ["--to", `${this.stage.address.port}`];
    const { host, output } = fakeHost({
      args: ["client", ...to, ...options.args ?? []],
      ...(options.env === undefined ? {} : { env: options.env }),
    });
    this.output = output;
    const machine: Partial<Host> = {
      clock: this.stage.world.clock,
      transport: () => this.stage.transport,
      randomBytes: (length) => new Uint8Array(length).fill(7),
      onSignal: (signal, callback) => void this.#signals.set(signal, callback),
      isInputTerminal: isTerminal,
      terminal: () => isTerminal ? { columns, rows: 24, hasColors: false } : undefined,
      onKeys: (callback) => {
        this.#press = callback;
        this.isRaw = true;
        return () => void (this.isRaw = false);
      },
      async *input() {
        yield* input;
      },
    };
    const properties = Object.entries(machine).map(([name, value]) => [name, { value }]);
    const changed: Host = Object.create(host, Object.fromEntries(properties));
    void runCli(changed, { commit: "", target: "" }, {
      serve: () => assert.fail("nothing is served"),
      fetch: () => assert.fail("nothing is fetched"),
    }).then((code) => (this.code = code));
  }

  type(keys: string): void {
    this.#press(keys);
  }

  signal(name: Signal): void {
    this.#signals.get(name)!();
  }

  /** Lets time pass until `condition` holds, and promises settle on the way. */
  async until(condition: () => boolean): Promise<void> {
    for (let turns = 0; turns < 5000; turns++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (condition()) return;
      // Where nothing is left to happen, a promise may still make something.
      this.stage.world.step();
    }
    assert.fail(`It does not come to that; so far: ${JSON.stringify(this.output)}`);
  }

  /** Waits until standard output says `text`; forgets everything up to it. */
  async says(text: string): Promise<void> {
    await this.until(() => this.output.stdout.includes(text));
    const { stdout } = this.output;
    this.output.stdout = stdout.slice(stdout.indexOf(text) + text.length);
  }

  /** Waits for the end; what was written, and the exit code. */
  async ended(): Promise<{ code: number; stdout: string; stderr: string }> {
    await this.until(() => this.code !== undefined);
    assert.equal(this.isRaw, false, "the terminal is as it was");
    return { code: this.code!, ...this.output };
  }
}
