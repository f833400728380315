// One page of a list that changes while it is read: in order of a number, going on behind the last item seen.

import { z } from "@hono/zod-openapi";
import { PAGE_ITEMS, PAGE_ITEMS_MAX } from "../limits/admin.ts";
import type { AdminEnv } from "./context.ts";
import { ApiError } from "./errors.ts";

/** By what a list can be sorted: a number of each item, and a text that no two items share. */
export interface Sorting<T> {
  readonly fields: Readonly<Record<string, (item: T) => number>>;
  readonly idOf: (item: T) => string;
}

/** What each list takes besides its filter. */
export function pageQuery<T>({ fields }: Sorting<T>, byDefault: string) {
  const names = Object.keys(fields).flatMap((name) => [name, `-${name}`]);
  return {
    limit: z.string().regex(/^\d{1,4}$/, `Must be a number from 1 to ${PAGE_ITEMS_MAX}`)
      .transform(Number)
      .pipe(z.int().min(1).max(PAGE_ITEMS_MAX))
      .default(PAGE_ITEMS)
      .openapi({ type: "integer", minimum: 1, maximum: PAGE_ITEMS_MAX, default: PAGE_ITEMS }),
    cursor: z.string().optional()
      .openapi({ description: "The nextCursor of the page before" }),
    sort: z.enum(names as [string, ...string[]]).default(byDefault)
      .openapi({ description: "A field; with a minus sign the largest come first" }),
  };
}

/** What somebody asked for. */
export interface PageWish {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly sort: string;
}

/** The shape of the answer. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().openapi({ description: "Null on the last page" }),
    matched: z.int().openapi({ description: "How many match, on this page and all others" }),
  });
}

/** Where an item stands in the order. */
type Place = readonly [value: number, id: string];

/** A page of items, and where each of them stands. */
export interface Page<Item> {
  readonly items: Item[];
  readonly places: Place[];
  readonly nextCursor: string | null;
  readonly matched: number;
}

/**
 * The page of those items that `visitAll` visits. Looks at each once and keeps only as many as the page takes, so that
 * a table of ten thousand costs a few milliseconds.
 *
 * @throws {ApiError} If the cursor is none of this order.
 */
export function takePage<T>(
  visitAll: (visit: (item: T) => void) => void,
  { fields, idOf }: Sorting<T>,
  { limit, cursor, sort }: PageWish,
): Page<T> {
  const valueOf = fields[sort.replace(/^-/, "")]!;
  const behind = cursor === undefined ? null : readCursor(cursor, sort);
  const compare = orderOf(sort);
  // The first ones in order, one more than the page holds: that one tells whether there is a next page.
  const first: { place: Place; item: T }[] = [];
  let matched = 0;
  visitAll((item) => {
    matched++;
    const place: Place = [valueOf(item), idOf(item)];
    if (behind !== null && compare(place, behind) <= 0) return;
    if (first.length > limit) {
      if (compare(place, first[limit]!.place) >= 0) return;
      first.pop();
    }
    let low = 0;
    for (let high = first.length; low < high;) {
      const middle = (low + high) >> 1;
      if (compare(first[middle]!.place, place) < 0) low = middle + 1;
      else high = middle;
    }
    first.splice(low, 0, { place, item });
  });
  const isLast = first.length <= limit;
  if (!isLast) first.pop();
  return {
    items: first.map(({ item }) => item),
    places: first.map(({ place }) => place),
    nextCursor: isLast ? null : writeCursor(sort, first[limit - 1]!.place),
    matched,
  };
}

/** A page as a route answers it. A front is told, too, where each item stands. */
export function answerOf<T, View>(
  { items, places, ...rest }: Page<T>,
  viewOf: (item: T) => View,
  { passedOn }: AdminEnv["Bindings"],
): { items: View[]; nextCursor: string | null; matched: number } {
  return { items: items.map(viewOf), ...rest, ...(passedOn === undefined ? {} : { places }) };
}

/** One page out of the same page of several nodes: a cursor is a place in the order, and so it is good for all. */
export function joinPages<T>(
  pages: readonly Page<T>[],
  { limit, sort }: PageWish,
): { items: T[]; nextCursor: string | null; matched: number } {
  const compare = orderOf(sort);
  const all = pages.flatMap(({ items, places }) =>
    items.map((item, i) => ({ item, place: places[i]! }))
  );
  const first = all.sort((a, b) => compare(a.place, b.place)).slice(0, limit);
  const isLast = all.length <= limit && pages.every(({ nextCursor }) => nextCursor === null);
  return {
    items: first.map(({ item }) => item),
    nextCursor: isLast ? null : writeCursor(sort, first.at(-1)!.place),
    matched: pages.reduce((sum, { matched }) => sum + matched, 0),
  };
}

function orderOf(sort: string): (a: Place, b: Place) => number {
  const sign = sort.startsWith("-") ? -1 : 1;
  return (a, b) => sign * (a[0] - b[0] || (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0));
}

function writeCursor(sort: string, [value, id]: Place): string {
  const base64 = btoa(encodeURIComponent(JSON.stringify([sort, value, id])));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function readCursor(cursor: string, sort: string): Place {
  try {
    const base64 = cursor.replaceAll("-", "+").replaceAll("_", "/");
    const [sortedBy, value, id, ...rest] = JSON.parse(
      decodeURIComponent(atob(base64)),
    ) as unknown[];
    if (sortedBy === sort && typeof value === "number" && typeof id === "string" && !rest.length) {
      return [value, id];
    }
  } catch { /* says the same as a cursor of another order */ }
  throw new ApiError("invalid", "The cursor does not belong to this list and its order");
}
