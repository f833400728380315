// The dashboard: a page that holds no data and so asks for no token. Its scripts bring the token when they ask the API.

import type { AdminApp } from "./context.ts";
import { FILES, PAGE } from "./dashboard/files.ts";

const TYPES: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};

// Nothing from elsewhere, nothing inline, no text that becomes HTML, and no frame around it.
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const HEADERS = {
  "content-security-policy": POLICY,
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

/** Adds `/` and what the page loads. Before the token is asked for. */
export function addDashboard(app: AdminApp): void {
  app.get(
    "/",
    (c) => c.body(PAGE, 200, { ...HEADERS, "content-type": "text/html; charset=utf-8" }),
  );
  for (const [name, text] of Object.entries(FILES)) {
    const type = TYPES[name.slice(name.lastIndexOf(".") + 1)]!;
    app.get(`/dashboard/${name}`, (c) => c.body(text, 200, { ...HEADERS, "content-type": type }));
  }
}
