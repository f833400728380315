// The dashboard of a server with two workers, in a real browser. Skipped where there is no Chromium.

import assert from "node:assert/strict";
import { test } from "node:test";
import { startAdministered } from "./admin_client.ts";
import { findBrowser, openPage } from "./browser.ts";
import { connectClient } from "./raw_client.ts";

const BROWSER = findBrowser();

const OPTIONS = {
  skip: BROWSER === undefined &&
    'There is no Chromium here: install "chromium", or name one in TEST_BROWSER',
  timeout: 60_000,
};

test(
  "the dashboard shows each worker, and the sessions of both in one list",
  OPTIONS,
  async (t) => {
    const { server, url, token } = await startAdministered(t, { workers: "2" });
    for (let i = 0; i < 8; i++) {
      const client = await connectClient(t, server.port);
      await client.shakeHands({ user: `user-${i}` });
    }
    const page = await openPage(t, BROWSER!, `${url}/`);
    await page.fill("Admin token", token);
    await page.click("Log in");
    await page.sees("#readiness", "Ready");
    await page.sees(".pager span", "8 in all");
    const lines = await page.until<string[]>(
      `visible(workers) && [...workers.children].map((line) => line.innerText)`,
    );
    assert.deepEqual(lines.map((line) => line.split(":")[0]), ["Worker 1", "Worker 2"]);
    const counts = lines.map((line) => Number(/: (\d+) session/.exec(line)![1]));
    assert.equal(counts[0]! + counts[1]!, 8);
    assert.deepEqual(page.problems, []);
  },
);
