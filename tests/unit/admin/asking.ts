// Asks an admin API without a socket.

import type { AdminApp } from "../../../src/admin/context.ts";

export const SECRET = "a-token-that-is-long-enough";

type Fields = Readonly<Record<string, unknown>>;

/** An answer, with its body read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** What stands in a body of JSON. */
  readonly body: Fields;
  /** The items, where it is a list. */
  readonly items: readonly Fields[];
}

/** How a request differs from one that brings the token. */
export interface Asking {
  /** Sent as JSON, or as it stands where it is a text. */
  readonly body?: unknown;
  readonly token?: string | null;
  readonly host?: string;
  /** The address it comes from. */
  readonly from?: string;
}

/** Asks `app` as `GET /path`, with a body where one is given. */
export async function askOf(app: AdminApp, what: string, asking: Asking = {}): Promise<Answer> {
  const response = await fetchFrom(app, what, asking);
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.startsWith("application/json");
  const body = (isJson ? JSON.parse(text) : {}) as { items?: Fields[] } & Fields;
  const { status, headers } = response;
  return { status, headers, text, body, items: body.items ?? [] };
}

/** The same without reading the answer. */
export async function fetchFrom(
  app: AdminApp,
  what: string,
  asking: Asking = {},
): Promise<Response> {
  const { body, token = SECRET, host = "localhost", from = "127.0.0.1" } = asking;
  const [method = "", path = ""] = what.split(" ");
  const init: RequestInit = {
    method,
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
  };
  if (body !== undefined) init.body = typeof body === "string" ? body : JSON.stringify(body);
  const request = new Request(`http://${host}${path}`, init);
  return await app.fetch(request, { peer: { host: from, port: 5000 } });
}
