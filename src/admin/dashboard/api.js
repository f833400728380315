// The admin API as the page uses it: the token, one call, and the stream of events. Nothing here draws.

const TOKEN_KEY = "tcp-server admin token";

/** Milliseconds that an answer may take. */
const ANSWER_MS_MAX = 10_000;

/** The API said no. */
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Kept for this tab, until it is closed. */
export function storedToken() {
  return sessionStorage.getItem(TOKEN_KEY);
}

export function storeToken(token) {
  sessionStorage.setItem(TOKEN_KEY, token);
}

export function forgetToken() {
  sessionStorage.removeItem(TOKEN_KEY);
}

/**
 * What the API answers, as JSON, or as text where it is none.
 *
 * @throws {Refused} If it says no; other errors mean that it could not be reached.
 */
export async function call(method, path, { body, signal, token = storedToken() } = {}) {
  const late = AbortSignal.timeout(ANSWER_MS_MAX + (body?.timeoutMs ?? 0));
  const response = await fetch(path, {
    method,
    headers: { authorization: `Bearer ${token}` },
    signal: signal === undefined ? late : AbortSignal.any([signal, late]),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw refusal(response, text);
  const isJson = response.headers.get("content-type")?.startsWith("application/json");
  return isJson ? JSON.parse(text) : text;
}

/** Whether new clients may come, and if not, why. Its 503 is an answer as good as any. */
export async function readiness() {
  return await (await fetch("/readyz", { signal: AbortSignal.timeout(ANSWER_MS_MAX) })).json();
}

/** The query of a list: what is empty is left out. */
export function queryOf(fields) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    if (value !== "" && value !== null && value !== undefined) query.set(name, value);
  }
  return query;
}

/** Reads events until the stream ends; `onEvent` gets the name and the data of each, and "open" at the start. */
export async function readEvents(onEvent) {
  const response = await fetch("/api/v1/events", {
    headers: { authorization: `Bearer ${storedToken()}` },
  });
  if (!response.ok) throw refusal(response, await response.text());
  onEvent("open", {});
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value;
    const blocks = text.split("\n\n");
    text = blocks.pop();
    for (const block of blocks) {
      const found = /^event: (.+)\ndata: (.+)$/.exec(block);
      if (found !== null) onEvent(found[1], JSON.parse(found[2]));
    }
  }
}

function refusal({ status }, text) {
  try {
    return new Refused(status, JSON.parse(text).error.message);
  } catch {
    return new Refused(status, `The API answered ${status}`);
  }
}
