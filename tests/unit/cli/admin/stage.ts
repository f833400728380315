// A terminal in front of a scripted admin API: what a command asks for, and what it prints of the answers.

import assert from "node:assert/strict";
import { runCli } from "../../../../src/cli/run.ts";
import type { Host, Terminal } from "../../../../src/transport/host.ts";
import { fakeHost, type FakeHostOptions } from "../../fake_host.ts";

/** A request as the API sees it. */
export interface Asked {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly token: string;
  readonly body: unknown;
}

/** What the API answers: JSON with its status (200 unless it is said), or an error instead of an answer. */
export type Script = (asked: Asked) => Scripted | Error;

export interface Scripted {
  readonly status?: number;
  readonly json: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface StageOptions extends Omit<FakeHostOptions, "args"> {
  readonly script?: Script;
  readonly terminal?: Terminal;
  /** What the host does otherwise. */
  readonly host?: Readonly<Partial<Host>>;
}

/** What a command did. */
export interface Outcome {
  readonly code: number;
  readonly asked: readonly Asked[];
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program with these words; the token is given unless the options say where it is. */
export async function run(args: readonly string[], given: StageOptions = {}): Promise<Outcome> {
  const {
    script = (): Scripted => ({ json: {} }),
    terminal,
    env = { TCP_SERVER_ADMIN_TOKEN: "secret" },
  } = given;
  const { host, output } = fakeHost({ ...given, env, args });
  const asked: Asked[] = [];
  const changed = { ...given.host, terminal: () => terminal };
  const machine: Host = Object.create(
    host,
    Object.fromEntries(Object.entries(changed).map(([name, value]) => [name, { value }])),
  );
  const code = await runCli(machine, { commit: "", target: "" }, {
    serve: () => assert.fail("nothing is served"),
    fetch: (url, { method = "GET", headers, body }) => {
      const { authorization = "" } = headers as Record<string, string>;
      const request: Asked = {
        method,
        path: url.replace("http://127.0.0.1:9101", ""),
        token: authorization.replace("Bearer ", ""),
        body: body === undefined ? undefined : JSON.parse(String(body)),
      };
      asked.push(request);
      const answer = script(request);
      if (answer instanceof Error) return Promise.reject(answer);
      const { json, ...init } = answer;
      return Promise.resolve(Response.json(json, init));
    },
  });
  return { code, asked, ...output };
}

/** A session as the API shows it. */
export function session(number: number, changes: object = {}): Record<string, unknown> {
  return {
    id: `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`,
    address: `10.0.0.${number}:40000`,
    user: `user-${number}`,
    state: "active",
    client: "app/1.2",
    createdAt: new Date(Date.now() - 7_440_000).toISOString(),
    rttMs: 34,
    queuedBytes: 1536,
    bytesReceived: 1024,
    bytesSent: 2048,
    tags: {},
    ...changes,
  };
}

/** A terminal of so many columns. */
export function terminal(columns: number, rows = 24): Terminal {
  return { columns, rows, hasColors: false };
}
