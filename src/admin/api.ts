// The admin API put together: one application that turns a Request into a Response, and knows no socket.

import { OpenAPIHono } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import type { Registry } from "prom-client";
import { authenticate } from "./auth.ts";
import { addBanRoutes } from "./ban_routes.ts";
import { readBody } from "./body.ts";
import { addClosed } from "./closed.ts";
import type { AdminApp, AdminContext, AdminEnv } from "./context.ts";
import { addDashboard } from "./dashboard.ts";
import { addDrain } from "./drain.ts";
import { errorResponse, onError, onInvalid } from "./errors.ts";
import { addEvents } from "./events.ts";
import { FailedLogins } from "./failed_logins.ts";
import { addGroups } from "./groups.ts";
import { addHealth } from "./health.ts";
import { checkHostName } from "./host_names.ts";
import { addKick } from "./kick.ts";
import { addMessages } from "./messages.ts";
import { addMetrics } from "./metrics.ts";
import { addQuestion } from "./question.ts";
import { addReload } from "./reload.ts";
import { addServerStatus } from "./server_status.ts";
import { addSessionChange } from "./session_change.ts";
import { addSessions } from "./sessions.ts";
import { addTimeline } from "./timeline.ts";
import type { Token } from "./token.ts";

/** How it is reached. */
export interface AdminAccess {
  readonly token: Token;
  /** The address it listens on. */
  readonly host: string;
}

/** The application. */
export function adminApp(
  context: AdminContext,
  { token, host }: AdminAccess,
  metrics: Registry,
): AdminApp {
  const app: AdminApp = new OpenAPIHono<AdminEnv>({ defaultHook: onInvalid });
  app.onError(onError(context.log));
  app.notFound(() => errorResponse("not_found", "There is nothing at this path for this method"));
  app.use(withHeaders());
  app.use(checkHostName(host));
  addDashboard(app);
  app.use(authenticate(token, new FailedLogins(context.clock), context.log));
  app.use(readBody());
  addHealth(app, context);
  addServerStatus(app, context);
  addSessions(app, context);
  addSessionChange(app, context);
  addKick(app, context);
  addMessages(app, context);
  addQuestion(app, context);
  addGroups(app, context);
  addClosed(app, context);
  addTimeline(app, context);
  addBanRoutes(app, context);
  addDrain(app, context);
  addReload(app, context);
  addEvents(app, context);
  addMetrics(app, metrics);
  describeApi(app, context);
  return app;
}

// Nothing of this is for caches, and nothing in it is to be taken for a page.
function withHeaders(): MiddlewareHandler<AdminEnv> {
  return async (c, next) => {
    await next();
    c.res.headers.set("cache-control", "no-store");
    c.res.headers.set("x-content-type-options", "nosniff");
  };
}

/** Adds `/openapi.json`: the same schemas that requests are checked with. */
function describeApi(app: AdminApp, { about }: AdminContext): void {
  app.openAPIRegistry.registerComponent("securitySchemes", "token", {
    type: "http",
    scheme: "bearer",
  });
  app.doc31("/openapi.json", {
    openapi: "3.1.0",
    info: {
      title: "tcp-server admin API",
      version: about.version,
      description: "Every path may also answer 401, 403, 413, 429 or 500, with the body Error.",
    },
    security: [{ token: [] }],
  });
}
