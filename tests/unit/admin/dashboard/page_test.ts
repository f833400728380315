// The page of the dashboard and what it loads, as the API serves them.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { FILES, PAGE } from "../../../../src/admin/dashboard/files.ts";
import { AdminStage } from "../admin_stage.ts";

const FOLDER = new URL("../../../../src/admin/dashboard/", import.meta.url);

test("the page and all it loads are there without a token, under a policy that lets nothing else in", async () => {
  const stage = await AdminStage.open();
  for (const path of ["/", ...Object.keys(FILES).map((name) => `/dashboard/${name}`)]) {
    const { status, headers, text } = await stage.ask(`GET ${path}`, { token: null });
    assert.equal(status, 200, path);
    assert.match(
      headers.get("content-security-policy")!,
      /^default-src 'none'; script-src 'self';/,
    );
    assert.doesNotMatch(headers.get("content-security-policy")!, /unsafe|\*|https?:/);
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(text, path === "/" ? PAGE : FILES[path.slice("/dashboard/".length)]);
  }
  assert.equal((await stage.ask("GET /dashboard/none.js", { token: null })).status, 401);
});

test("every file of the folder is embedded, and whatever names one names one that is there", () => {
  const files = readdirSync(FOLDER).filter((name) => !["files.ts", "index.html"].includes(name));
  assert.deepEqual(Object.keys(FILES).sort(), files.sort());
  const named = [
    ...PAGE.matchAll(/"\/dashboard\/([^"]+)"/g),
    ...Object.values(FILES).flatMap((text) => [...text.matchAll(/ from "\.\/([^"]+)"/g)]),
  ].map(([, name]) => name!);
  assert.ok(named.length > 20);
  assert.deepEqual(named.filter((name) => !(name in FILES)), []);
});

test("nothing is inline, nothing is from another host, and no text becomes HTML", () => {
  for (const [name, text] of Object.entries({ ...FILES, "index.html": PAGE })) {
    const foreign = text.replaceAll("http://www.w3.org/2000/svg", "").match(
      /(?:https?:)?\/\/\w+\./,
    );
    assert.equal(foreign, null, name);
    assert.doesNotMatch(
      text,
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(/,
      name,
    );
  }
  assert.doesNotMatch(PAGE, /\son\w+=|\sstyle=|<script(?! type="module" src=)|javascript:/);
});
