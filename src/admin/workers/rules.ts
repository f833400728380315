// How the front answers what is about sessions: whom each route is asked of, and how one answer is made of theirs.

import type { RouteConfig } from "@hono/zod-openapi";
import { closedList } from "../closed.ts";
import type { AdminApp } from "../context.ts";
import { groupJoin, groupLeave, groupList } from "../groups.ts";
import { kickMany, kickOne, kickUser } from "../kick.ts";
import { broadcast, sendToGroup, sendToSession, sendToUser } from "../messages.ts";
import { question } from "../question.ts";
import { sessionChange } from "../session_change.ts";
import { oneSession, sessionList } from "../sessions.ts";
import { timeline } from "../timeline.ts";
import type { Front } from "./front.ts";
import { groups, ofClient, ofSession, pages, type Rule, sums, timelines } from "./merging.ts";

/** Each route with its rule. */
const RULES: readonly (readonly [RouteConfig, Rule])[] = [
  [sessionList, pages],
  [oneSession, ofSession],
  [sessionChange, ofSession],
  [kickOne, ofSession],
  [kickUser, sums],
  [kickMany, sums],
  [sendToSession, ofSession],
  [sendToUser, sums],
  [sendToGroup, sums],
  [broadcast, sums],
  [question, ofClient],
  [groupList, groups],
  [groupJoin, ofSession],
  [groupLeave, ofSession],
  [closedList, pages],
  [timeline, timelines],
];

/** Adds all of them. What a request has to be is checked here, before anybody is asked. */
export function addRules(app: AdminApp, front: Front): void {
  for (const [route, rule] of RULES) {
    app.openapi(route, (c) => rule({ front, route, c }));
  }
}
