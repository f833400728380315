// The admin API put together: one application that turns a Request into a Response, and knows no socket.

import { OpenAPIHono } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import { authenticate } from "./auth.ts";
import { addBanRoutes } from "./ban_routes.ts";
import { readBody } from "./body.ts";
import type { AdminApp, AdminContext, AdminEnv, Whole } from "./context.ts";
import { wholeOf } from "./create_context.ts";
import { addDashboard } from "./dashboard.ts";
import { addDrain } from "./drain.ts";
import { errorResponse, onError, onInvalid } from "./errors.ts";
import { addEvents } from "./events.ts";
import { FailedLogins } from "./failed_logins.ts";
import { addHealth } from "./health.ts";
import { checkHostName } from "./host_names.ts";
import { addMetrics, type Scrape } from "./metrics.ts";
import { addNodeRoutes } from "./node_routes.ts";
import { addReload } from "./reload.ts";
import { addServerStatus } from "./server_status.ts";
import type { Token } from "./token.ts";

/** How it is reached. */
export interface AdminAccess {
  readonly token: Token;
  /** The address it listens on. */
  readonly host: string;
}

/** The application of a server without workers. */
export function adminApp(context: AdminContext, access: AdminAccess, metrics: Scrape): AdminApp {
  return wholeApp(wholeOf(context), access, metrics, (app) => addNodeRoutes(app, context));
}

/** The application of any server: what guards it, what is about the whole, and what `addSessions` adds. */
export function wholeApp(
  whole: Whole,
  { token, host }: AdminAccess,
  metrics: Scrape,
  addSessions: (app: AdminApp) => void,
): AdminApp {
  const app: AdminApp = new OpenAPIHono<AdminEnv>({ defaultHook: onInvalid });
  app.onError(onError(whole.log));
  app.notFound(() => errorResponse("not_found", "There is nothing at this path for this method"));
  app.use(withHeaders());
  app.use(checkHostName(host));
  addDashboard(app);
  app.use(authenticate(token, new FailedLogins(whole.clock), whole.log));
  app.use(readBody());
  addHealth(app, whole);
  addServerStatus(app, whole);
  addSessions(app);
  addBanRoutes(app, whole);
  addDrain(app, whole);
  addReload(app, whole);
  addEvents(app, whole);
  addMetrics(app, metrics);
  describeApi(app, whole);
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
function describeApi(app: AdminApp, { about }: Whole): void {
  app.openAPIRegistry.registerComponent("securitySchemes", "token", {
    type: "http",
    scheme: "bearer",
  });
  app.doc31("/openapi.json", {
    openapi: "3.1.0",
    info: {
      title: "tcp-server admin API",
      version: about.version,
      description: [
        "Every path may also answer 401, 403, 413, 429 or 500, with the body Error.",
        "With several workers it may answer 503 where none of them does, or 504 where not the one does",
        'that was asked; where some did not, the header "x-workers-missing" names them.',
      ].join(" "),
    },
    security: [{ token: [] }],
  });
}
