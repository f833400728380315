// The credential of a client: a text, or a function that gives one, asked before it is needed and no oftener.

import type { ClientOptions } from "./options.ts";

export class Credential {
  readonly #source: ClientOptions["token"];
  #token: string | undefined;
  #refused: string | undefined;

  constructor(source: ClientOptions["token"]) {
    this.#source = source;
    if (typeof source === "string") this.#token = source;
  }

  /** What to send; undefined where there is none, or it has to be asked for first. */
  get token(): string | undefined {
    return this.#token;
  }

  /** Whether `ask()` comes before the next Handshake. */
  get mustAsk(): boolean {
    return typeof this.#source === "function" && this.#token === undefined;
  }

  /** Asks the function. @throws What the function throws. @throws {Error} If it gives again what was refused. */
  async ask(): Promise<string> {
    const token = await (this.#source as () => string | Promise<string>)();
    if (token === this.#refused) throw new Error("The credential is the one that was refused");
    this.#token = token;
    return token;
  }

  /** The server did not take it. Returns whether there may be another one. */
  refuse(): boolean {
    this.#refused = this.#token;
    if (typeof this.#source !== "function") return false;
    this.#token = undefined;
    return true;
  }
}
