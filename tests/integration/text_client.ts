// The client library as tests of routes use it: bodies as text, and errors as their codes.

import { type Client, connect, RequestError } from "../../client.ts";
import type { Cleanup } from "./program.ts";

/** A client of `user` with an open session, which ends with the test. */
export async function connectAs(t: Cleanup, port: number, user = ""): Promise<Client> {
  const client = await connect({ address: { host: "127.0.0.1", port }, client: "test/1", user });
  t.after(() => client.close());
  await client.ready();
  return client;
}

export function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** What a Request is answered with: its text, or the code and the message of the Error. */
export async function answerTo(
  client: Client,
  route: string,
  body = "",
): Promise<string | [number, string]> {
  try {
    return textOf(await client.request(route, body));
  } catch (error) {
    if (error instanceof RequestError) return [error.code, error.message];
    throw error;
  }
}
