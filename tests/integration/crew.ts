// Clients of a server with workers, for the tests of those: at least one with each of them.

import { type Client, connect } from "../../client.ts";
import type { Cleanup } from "./program.ts";
import { answerTo } from "./text_client.ts";

/** A client, and the worker that its session is with. */
export interface Crewed {
  readonly client: Client;
  readonly session: string;
  readonly worker: number;
}

/** More connections than the kernel gives to one of two workers, in all likelihood: once in 10^12 times it would. */
const TRIES_MAX = 40;

/** Connects as often as it takes until each of two workers has a client; the first one of each. */
export async function oneOfEach(
  t: Cleanup,
  port: number,
  options: { readonly user?: string } = {},
): Promise<[Crewed, Crewed]> {
  const found: Crewed[] = [];
  for (let tries = 0; tries < TRIES_MAX && found.length < 2; tries++) {
    const one = await join(t, port, options);
    if (found.some(({ worker }) => worker === one.worker)) await one.client.close();
    else found.push(one);
  }
  const [first, second] = found.sort((a, b) => a.worker - b.worker);
  if (second === undefined) throw new Error(`All ${TRIES_MAX} connections came to one worker`);
  return [first!, second];
}

/** Connects once. */
export async function join(
  t: Cleanup,
  port: number,
  options: { readonly user?: string } = {},
): Promise<Crewed> {
  const client = await connect({ address: { host: "127.0.0.1", port }, ...options });
  t.after(() => client.close());
  const { id } = JSON.parse(String(await answerTo(client, "sys.info"))) as { id: string };
  return { client, session: id, worker: workerOf(id) };
}

/** The last digits of a session's id. */
export function workerOf(session: string): number {
  return parseInt(session.slice(-4), 16);
}
