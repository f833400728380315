// How long to wait before the next attempt to connect: a pure function of what is known.

import {
  RECONNECT_MS_FIRST,
  RECONNECT_MS_MAX,
  RECONNECT_MS_MIN,
  RETRY_AFTER_MS_LONGEST,
} from "../limits/client.ts";

/**
 * Full jitter: anything between the least wait and a ceiling that doubles, so that clients which were lost together do
 * not come back together. What the server asked for wins; a little jitter on top spreads those who were told the same.
 *
 * @param failures Attempts and short-lived sessions since the last stable one; 0 after the first loss.
 * @param random From 0 up to, not including, 1.
 * @param retryAfterMs What the server asked for, if it did.
 * @returns Milliseconds.
 */
export function reconnectDelay(failures: number, random: number, retryAfterMs?: number): number {
  if (retryAfterMs !== undefined) {
    return Math.min(retryAfterMs, RETRY_AFTER_MS_LONGEST) + random * RECONNECT_MS_MIN;
  }
  const ceiling = Math.min(RECONNECT_MS_FIRST * 2 ** failures, RECONNECT_MS_MAX);
  return RECONNECT_MS_MIN + random * (ceiling - RECONNECT_MS_MIN);
}
