// The routes about sessions, as a node answers them for its own ones.

import { addClosed } from "./closed.ts";
import type { AdminApp, NodeContext } from "./context.ts";
import { addGroups } from "./groups.ts";
import { addKick } from "./kick.ts";
import { addMessages } from "./messages.ts";
import { addQuestion } from "./question.ts";
import { addSessionChange } from "./session_change.ts";
import { addSessions } from "./sessions.ts";
import { addTimeline } from "./timeline.ts";

/** Adds all of them. */
export function addNodeRoutes(app: AdminApp, context: NodeContext): void {
  addSessions(app, context);
  addSessionChange(app, context);
  addKick(app, context);
  addMessages(app, context);
  addQuestion(app, context);
  addGroups(app, context);
  addClosed(app, context);
  addTimeline(app, context);
}
