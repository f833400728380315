// The admin API as a command sees it: a call that gives JSON or fails with one clear line.

import { escapeControls } from "../../base/text.ts";
import { PAGE_ITEMS_MAX } from "../../limits/admin.ts";
import { AnswerError } from "./errors.ts";
import type { Target } from "./target.ts";

/** What of the global `fetch` is used. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Milliseconds an answer may take; a server that needs longer than this is in trouble itself. */
const ANSWER_MS_MAX = 10_000;

/** Names the workers that did not answer the server in time: "1, 3". */
const MISSING_HEADER = "x-workers-missing";

/** One request. */
export interface Call {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
  /** Milliseconds the server takes on purpose, on top of what any answer takes. */
  readonly waitMs?: number;
}

/** A JSON object. */
export type Answer = Readonly<Record<string, unknown>>;

/** A list, or the beginning of it. */
export interface Listed<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

/** Calls the API of `target`. @throws {AnswerError} If it cannot be reached, or refuses. */
export type AdminApi = (call: Call) => Promise<Answer>;

/** The API of a server; `missing` gets the numbers of workers that an answer is without. */
export function adminApi(target: Target, fetch: Fetch, missing: Set<number>): AdminApi {
  return async ({ method, path, query, body, waitMs = 0 }) => {
    const search = query === undefined ? "" : `?${new URLSearchParams(query)}`;
    const timeoutMs = ANSWER_MS_MAX + waitMs;
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${target.url}${path}${search}`, {
        method,
        headers: {
          authorization: `Bearer ${target.token}`,
          ...(body !== undefined && { "content-type": "application/json" }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        redirect: "error",
        signal: AbortSignal.timeout(timeoutMs),
      });
      text = await response.text();
    } catch (error) {
      const reason = reasonOf(error, timeoutMs);
      throw new AnswerError(0, `Cannot reach the admin API at ${target.url}: ${reason}`);
    }
    const nodes = response.headers.get(MISSING_HEADER)?.match(/\d+/g) ?? [];
    for (const node of nodes) missing.add(Number(node));
    return answerOf(response.status, text, target);
  };
}

/** The items of a list, page after page, at most `limit`. */
export async function list<Item>(
  api: AdminApi,
  path: string,
  query: Readonly<Record<string, string>>,
  limit: number,
): Promise<Listed<Item>> {
  const items: Item[] = [];
  let nextCursor: string | null = null;
  do {
    const page = await api({
      method: "GET",
      path,
      query: {
        ...query,
        limit: String(Math.min(limit - items.length, PAGE_ITEMS_MAX)),
        ...(nextCursor !== null && { cursor: nextCursor }),
      },
    }) as unknown as Listed<Item>;
    items.push(...page.items);
    nextCursor = page.nextCursor;
  } while (nextCursor !== null && items.length < limit);
  return { items, nextCursor };
}

function answerOf(status: number, text: string, { url, tokenFrom }: Target): Answer {
  let answer: { error?: { code?: string; message?: string } } & Answer;
  try {
    answer = JSON.parse(text);
  } catch {
    throw new AnswerError(status, `What answers at ${url} is no admin API (status ${status})`);
  }
  if (status >= 200 && status < 300) return answer;
  const message = escapeControls(answer.error?.message ?? "No reason given");
  if (status === 401) {
    throw new AnswerError(status, `The server refuses the token (${tokenFrom}): ${message}`);
  }
  throw new AnswerError(status, `${message} (${answer.error?.code ?? status})`);
}

// Runtimes have many words for few causes, and some of them put the cause behind the error.
function reasonOf(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `no answer within ${timeoutMs / 1000} s`;
  const { code = "", message, cause } = error as Error & { code?: string };
  if (/refused/i.test(message + code)) {
    return "connection refused (is the server running, and admin.enabled?)";
  }
  return cause instanceof Error ? reasonOf(cause, timeoutMs) : escapeControls(message);
}
