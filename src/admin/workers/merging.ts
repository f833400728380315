// The rules by which the front makes one answer of those of the workers.

import { NO_BYTES } from "../../base/bytes.ts";
import { unseal } from "../../bus/envelope.ts";
import { GROUPS_TOLD_MAX } from "../../limits/admin.ts";
import { BUS_DEADLINE_MS } from "../../limits/bus.ts";
import { nodeOf } from "../../server/session_id.ts";
import { addUp, type Sums } from "../add_up.ts";
import { ApiError } from "../errors.ts";
import { GROUP_SORTING, type GroupView } from "../groups.ts";
import { joinPages, type Page, type PageWish, takePage } from "../page.ts";
import { byTime } from "../timeline.ts";
import { ask, askAll, type Asking, asResponse, bodyOf, missingFrom, nobody } from "./ask.ts";
import { GROUPS } from "./subjects.ts";

/** Answers a request with what workers say. */
export type Rule = (asking: Asking) => Promise<Response>;

/**
 * For one session: asks the worker at which it began, whose number ends its id. If it is not there it may have moved to
 * the one at which its client came back, so all are asked then.
 */
export async function ofSession(asking: Asking, deadlineMs = BUS_DEADLINE_MS): Promise<Response> {
  const { front, c } = asking;
  const home = nodeOf(c.req.param("id")!);
  const [answer] = home === undefined ? [] : await ask(asking, home, deadlineMs);
  if (answer !== undefined && answer.status !== 404) return asResponse(answer);
  if (answer === undefined && home !== undefined && front.bus.others.has(home)) {
    throw new ApiError("timeout", `Worker ${home} did not answer within ${deadlineMs} ms`);
  }
  const answers = await ask(asking, "all", deadlineMs);
  const found = answers.find(({ status }) => status !== 404) ?? answer ?? answers[0];
  if (found === undefined) throw nobody();
  return asResponse(found, missingFrom(answers, front));
}

/** The same where the client of the session has to answer first. */
export async function ofClient(asking: Asking): Promise<Response> {
  const body = await asking.c.req.json() as { timeoutMs?: number };
  const { timeoutMs = asking.front.limits().requestTimeoutMs } = body;
  return await ofSession(asking, timeoutMs + BUS_DEADLINE_MS);
}

/** For lists: the same page of all, of which the first ones in order are the page of the whole. */
export async function pages(asking: Asking): Promise<Response> {
  const answers = await askAll(asking);
  if (answers instanceof Response) return answers;
  const page = joinPages(answers.map(bodyOf<Page<unknown>>), wishOf(asking));
  return Response.json(page, { headers: missingFrom(answers, asking.front) });
}

/** For groups, of which several workers may have a part: they are put together first, and the page is taken here. */
export async function groups(asking: Asking): Promise<Response> {
  const { front } = asking;
  const replies = await front.bus.request(GROUPS, NO_BYTES, "all", BUS_DEADLINE_MS);
  if (replies.length === 0) throw nobody();
  const sizes = new Map<string, number>();
  for (const { message } of replies) {
    const { groups } = unseal<{ groups: GroupView[] | null }>(message);
    if (groups === null) {
      const tooMany = `A worker has more than ${GROUPS_TOLD_MAX} groups, too many to list`;
      throw new ApiError("unavailable", tooMany);
    }
    for (const { name, sessions } of groups) sizes.set(name, (sizes.get(name) ?? 0) + sessions);
  }
  const { places: _, ...page } = takePage<GroupView>(
    (visit) => sizes.forEach((sessions, name) => visit({ name, sessions })),
    GROUP_SORTING,
    wishOf(asking),
  );
  return Response.json(page, { headers: missingFrom(replies, front) });
}

/** For what is done to many: all do it to theirs, and how many there were is added up. */
export async function sums(asking: Asking): Promise<Response> {
  const answers = await askAll(asking);
  if (answers instanceof Response) return answers;
  const sum = addUp(answers.map(bodyOf<Sums>));
  const { status } = answers[0]!;
  return Response.json(sum, { status, headers: missingFrom(answers, asking.front) });
}

/** For timelines: those of all in one. */
export async function timelines(asking: Asking): Promise<Response> {
  const answers = await askAll(asking);
  if (answers instanceof Response) return answers;
  const items = answers.flatMap((answer) => bodyOf<{ items: { at: string }[] }>(answer).items);
  const headers = missingFrom(answers, asking.front);
  return Response.json({ items: items.sort(byTime) }, { headers });
}

/** What the query of a list asks for; the route has checked it. */
function wishOf({ c }: Asking): PageWish {
  return c.req.valid("query" as never);
}
