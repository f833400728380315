// Middleware and a handler made into one function, once, before the first frame comes in.

import type { Context } from "./context.ts";

/** Serves one Request or Notification; it may do so later (a promise), and may return what it would reply. */
export type RouteHandler = (context: Context) => unknown;

/**
 * Does something around a handler: calls `next` (and may await it), or answers by itself and does not. What it returns is
 * the answer, so it returns what `next` does.
 */
export type Middleware = (context: Context, next: () => unknown) => unknown;

/** `middleware`, the first outermost, around `handler`. */
export function compose(middleware: readonly Middleware[], handler: RouteHandler): RouteHandler {
  return middleware.reduceRight<RouteHandler>(
    (inner, outer) => (context) => outer(context, () => inner(context)),
    handler,
  );
}
