// What an application may give as bytes, and what it may ask bytes to be.

import { NO_BYTES } from "../base/bytes.ts";
import { decodeText, encodeText } from "../base/text.ts";

/** Bytes, or text that is sent as UTF-8. */
export type Payload = Uint8Array | string;

/** A validator that follows the Standard Schema (https://standardschema.dev, version 1): zod, valibot, arktype. */
export interface Schema<Output> {
  /** What the validators provide by themselves; programs do not call it. Only a result at once can be used. */
  readonly "~standard": {
    readonly version: 1;
    readonly validate: (
      value: unknown,
    ) => SchemaResult<Output> | PromiseLike<SchemaResult<Output>>;
    readonly types?: { readonly output: Output } | undefined;
  };
}

/** The value as the schema made it, or what is wrong with it. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** One thing that is wrong, and where: keys and indices from the outside in. The first one is told to the peer. */
export interface SchemaIssue {
  /** What is wrong, in a sentence. */
  readonly message: string;
  /** Where; absent or empty: the value as a whole. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/**
 * The payload of a Request is not what its handler reads: the peer's mistake, told to it as code 3400 with the first 200
 * characters of the message. `Context.text()` and `json()` throw it; so may a handler.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { BadPayload, connect, createServer } from "tcp-server";
 *
 * const server = await createServer();
 * server.route("root", (c) => {
 *   const x = Number(c.text());
 *   if (!(x >= 0)) throw new BadPayload(`Cannot take the root of "${c.text()}"`);
 *   return String(Math.sqrt(x));
 * });
 * const client = await connect({ address: server.listen({ host: "127.0.0.1", port: 0 }) });
 * await assert.rejects(client.request("root", "-1"), { code: 3400 });
 * await client.close();
 * await server.drain();
 * ```
 */
export class BadPayload extends Error {}

/** The bytes of `payload`; none for undefined. */
export function bytesOf(payload: Payload | undefined): Uint8Array {
  if (payload === undefined) return NO_BYTES;
  return typeof payload === "string" ? encodeText(payload) : payload;
}

/** @throws {BadPayload} If `bytes` are not valid UTF-8. */
export function textOf(bytes: Uint8Array): string {
  const text = decodeText(bytes);
  if (text === undefined) throw new BadPayload("The payload is not valid UTF-8");
  return text;
}

/** @throws {BadPayload} If `bytes` are not JSON, or not as `schema` wants it. */
export function jsonOf<Output>(bytes: Uint8Array, schema?: Schema<Output>): Output {
  const value = parse(textOf(bytes));
  if (schema === undefined) return value as Output;
  const result = schema["~standard"].validate(value);
  if ("then" in result) throw new Error("Cannot use a schema that validates asynchronously");
  if (result.issues === undefined) return result.value;
  const [{ message, path = [] } = { message: "it does not match" }] = result.issues;
  const at = path.map((part) => String(typeof part === "object" ? part.key : part)).join(".");
  throw new BadPayload(at === "" ? message : `${at}: ${message}`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BadPayload("The payload is not JSON");
  }
}
