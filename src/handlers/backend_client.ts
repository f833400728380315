// Calls to a user's HTTP service: bounded in number, in time and in the size of the answer, and none while it is down.

import { BACKEND_WAITING_MAX } from "../limits/handlers.ts";
import type { Histogram } from "../observe/histogram.ts";
import { histogramOf } from "../observe/latencies.ts";
import type { Log } from "../observe/log.ts";
import type { Clock } from "../transport/transport.ts";
import { Breaker } from "./breaker.ts";
import { Gate } from "./gate.ts";
import { type Body, readBody } from "./read_body.ts";

/** The `fetch` of the platform, as far as it is used. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Where the service is, and how much it is asked to bear. */
export interface BackendClientOptions {
  readonly url: string;
  /** Milliseconds an answer may take, and before that, a place among `concurrency`. */
  readonly timeoutMs: number;
  /** Calls at once. */
  readonly concurrency: number;
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly log: Log;
  /** Durations of calls, by how they went. */
  readonly latencies: Map<string, Histogram>;
}

/** One call. */
export interface BackendCall {
  readonly headers: Record<string, string>;
  readonly body: Uint8Array | string;
  /** Gives the call up. */
  readonly signal?: AbortSignal;
  /** How much of an answer with this status is read. */
  readonly bytesMax: (status: number) => number;
}

/** An answer with a status from 200 to 299, or from 400 to 499. */
export interface Answer extends Body {
  readonly status: number;
}

/** The service did not answer, or not as one should. What it was the log is told, and peers are not. */
export class BackendFailure extends Error {}

/** The service. */
export class BackendClient {
  readonly #options: BackendClientOptions;
  readonly #gate: Gate;
  readonly #breaker: Breaker;
  /** What the log calls it: a path or a query may hold a secret. */
  readonly #origin: string;

  constructor(options: BackendClientOptions) {
    const { clock, concurrency, timeoutMs } = options;
    this.#options = options;
    this.#origin = new URL(options.url).origin;
    this.#gate = new Gate({
      clock,
      atOnceMax: concurrency,
      waitingMax: BACKEND_WAITING_MAX,
      waitMsMax: timeoutMs,
    });
    this.#breaker = new Breaker(clock, (isOpen) => this.#tellChange(isOpen));
  }

  /** Posts to the service. @throws {BackendFailure} As a rejection: where there is no such answer. */
  async post(call: BackendCall): Promise<Answer> {
    if (this.#breaker.isShut) throw new BackendFailure("The backend is down");
    if (!await this.#gate.enter(call.signal)) throw new BackendFailure("No place in the line");
    try {
      const permit = this.#breaker.admit();
      if (permit === undefined) throw new BackendFailure("The backend is down");
      let went: "well" | "badly" | "unknown" = "badly";
      try {
        const answer = await this.#fetch(call);
        went = "well";
        return answer;
      } catch (error) {
        if (call.signal?.aborted) went = "unknown";
        throw error;
      } finally {
        this.#breaker.report(permit, went);
      }
    } finally {
      this.#gate.leave();
    }
  }

  async #fetch({ headers, body, signal, bytesMax }: BackendCall): Promise<Answer> {
    const { url, timeoutMs, fetch, clock, log, latencies } = this.#options;
    const abort = new AbortController();
    const giveUp = () => abort.abort();
    let isLate = false;
    const cancelTimer = clock.schedule(timeoutMs, () => {
      isLate = true;
      giveUp();
    });
    signal?.addEventListener("abort", giveUp);
    const begunAt = clock.now();
    let result = "failed";
    try {
      const response = await fetch(url, {
        method: "POST",
        headers,
        body: body as BodyInit,
        redirect: "manual",
        signal: abort.signal,
      });
      const { status } = response;
      const isOk = status >= 200 && status < 300;
      const read = await readBody(response, bytesMax(status));
      if (!isOk && (status < 400 || status > 499)) {
        throw new Error(`It answered with the status ${status}`);
      }
      result = isOk ? "ok" : "refused";
      return { status, ...read };
    } catch (error) {
      if (isLate) result = "timeout";
      const reason = isLate ? `No answer within ${timeoutMs} ms` : this.#reasonOf(error);
      if (!signal?.aborted) log("warning", "backend failed", { reason });
      throw new BackendFailure(reason);
    } finally {
      cancelTimer();
      signal?.removeEventListener("abort", giveUp);
      histogramOf(latencies, result).observe(clock.now() - begunAt);
    }
  }

  #tellChange(isOpen: boolean): void {
    const state = isOpen ? "down" : "up";
    this.#options.log(isOpen ? "warning" : "info", "backend", { origin: this.#origin, state });
  }

  #reasonOf(error: unknown): string {
    const message = error instanceof Error ? error.message : String(error);
    return message.replaceAll(this.#options.url, this.#origin);
  }
}
