// A Request that got no Response, as whoever asked hears of it.

import { type CodeName, codeOf } from "./codes.ts";

/** Which side decided. A `handler_timeout` by the side that asked is its own patience. */
export type Side = "server" | "client";

/** Why there is no Response. `name` is the name of its code, e.g. `no_route`, and "application" for 3000 to 3999. */
export class RequestError extends Error {
  readonly code: number;
  override readonly name: string;
  readonly by: Side;

  constructor(code: number, name: string, message: string, by: Side) {
    super(message);
    this.code = code;
    this.name = name;
    this.by = by;
  }
}

/** A Request that the side which asked gives up, or does not even send. */
export function refusal(name: CodeName, message: string, by: Side): RequestError {
  return new RequestError(codeOf(name).code, name, message, by);
}
