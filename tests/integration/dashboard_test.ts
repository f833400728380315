// The dashboard in a real browser, with real clients behind it. Skipped where there is no Chromium.

import assert from "node:assert/strict";
import { test } from "node:test";
import { startAdministered } from "./admin_client.ts";
import { findBrowser, openPage, type Page } from "./browser.ts";
import { BROADCAST, DISCONNECT, frame, NOTIFICATION, REQUEST, RESPONSE } from "./frames.ts";
import type { Cleanup } from "./program.ts";
import { connectClient } from "./raw_client.ts";
import type { Settings } from "./running_server.ts";

const BROWSER = findBrowser();

const OPTIONS = {
  skip: BROWSER === undefined &&
    'There is no Chromium here: install "chromium", or name one in TEST_BROWSER',
  // Bare `bun test` gives a test 5 s, and a browser alone takes one or two to start.
  timeout: 60_000,
};

/** A server, and its dashboard before the token was given. */
async function startDashboard(t: Cleanup, settings?: Settings) {
  const administered = await startAdministered(t, settings);
  const page = await openPage(t, BROWSER!, `${administered.url}/`);
  return { ...administered, page };
}

async function logIn(page: Page, token: string): Promise<void> {
  await page.fill("Admin token", token);
  await page.click("Log in");
  await page.sees("#readiness", "Ready");
}

/** The page asked nobody else, its policy had nothing to refuse, and nothing went wrong in it. */
function assertClean(page: Page, url: string): void {
  assert.deepEqual(page.problems, []);
  assert.deepEqual(page.requests.filter((asked) => !asked.startsWith(`${url}/`)), []);
  assert.ok(page.requests.length > 10);
}

test(
  "an operator sees a client come, tells it something, asks it, ends it, and sees it go",
  OPTIONS,
  async (t) => {
    const { server, url, token, page } = await startDashboard(t);
    await logIn(page, token);
    await page.sees("#view-sessions .none-found", "No session matches");

    // What a peer says is text, whatever it looks like.
    const user = "<img src=x onerror=alert(1)>\u202e";
    const shown = "<img src=x onerror=alert(1)>\\u{202e}";
    const client = await connectClient(t, server.port);
    await client.shakeHands({ user, client: "app/1.2" });
    await page.sees("#view-sessions tbody td:first-child", shown);
    await page.sees("#plots .now", "1");
    await page.click(shown);
    await page.sees("#panel h2", shown);

    await page.fill("Text for this client", "Your order is ready");
    await page.click("Send");
    await page.sees("#panel .outcome", "Sent.");
    const sent = await client.next();
    assert.deepEqual([sent.type, `${sent.payload}`], [NOTIFICATION, "Your order is ready"]);

    await page.fill("Text for this client", "What time is it?");
    await page.click("Ask, and wait for the answer");
    const question = await client.next();
    assert.deepEqual([question.type, `${question.payload}`], [REQUEST, "What time is it?"]);
    client.send(frame(RESPONSE, question.id, "half past ten"));
    await page.sees("#panel .answer", "half past ten");

    await page.click("Kick…");
    await page.fill("What the client is told", "Good night");
    await page.click("Kick");
    const { type, payload } = await client.next();
    assert.deepEqual([type, JSON.parse(`${payload}`).message], [DISCONNECT, "Good night"]);
    client.finish();
    await page.sees("#panel [role=status]", "It ended.");
    await page.sees("#view-sessions .none-found", "No session matches");
    await page.click("Close");

    await page.click("Why did they leave");
    await page.sees("#view-closed .reasons", "1 kicked by admin");
    await page.sees("#view-closed tbody td:nth-child(5)", "Good night");
    await page.click("Events live");
    await page.sees("#view-events tbody .kind", "ended");
    assertClean(page, url);
  },
);

test("a wrong token is told, and logging out forgets the right one", OPTIONS, async (t) => {
  const { url, token, page } = await startDashboard(t);
  await page.fill("Admin token", "x".repeat(43));
  await page.click("Log in");
  await page.sees("#login-error", "This is not the token");

  await logIn(page, token);
  const kept = `[sessionStorage.length, localStorage.length, document.cookie].join()`;
  assert.equal(await page.until(kept), "1,0,");
  await page.click("Log out");
  await page.until(`named("Admin token")`);
  assert.equal(await page.until(kept), "0,0,");
  assert.deepEqual(page.requests.filter((asked) => asked.includes(token)), []);
  assertClean(page, url);
});

test("hundreds of sessions are filtered, sorted and paged", OPTIONS, async (t) => {
  const { server, url, token, page } = await startDashboard(t);
  await Promise.all(Array.from({ length: 220 }, async (_, i) => {
    const client = await connectClient(t, server.port);
    await client.shakeHands({ user: `user-${i % 20}`, tags: { site: `s${i % 4}` } });
  }));
  await logIn(page, token);
  await page.sees(".pager span", "1–50 of 220");
  for (const places of ["51–100", "101–150", "151–200", "201–220"]) {
    await page.click("Next");
    await page.sees(".pager span", `${places} of 220`);
  }
  await page.click("Back");
  await page.sees(".pager span", "151–200 of 220");

  await page.fill("User", "user-7");
  await page.sees(".pager span", "11 in all");
  assert.deepEqual(
    await page.until(
      `[...new Set([...document.querySelectorAll("tbody a")].map((it) => it.innerText))]`,
    ),
    ["user-7"],
  );
  await page.fill("Tag", "site=s1");
  await page.sees(".none-found", "No session matches");
  await page.fill("Tag", "site=s3");
  await page.sees(".pager span", "11 in all");
  await page.click("Clear");
  await page.sees(".pager span", "1–50 of 220");
  assertClean(page, url);

  await page.click("Connected");
  await page.sees("[aria-sort=ascending]", "Connected");
  await page.fill("Address", "10.0.0.");
  await page.until(`/address or a network/.test(document.querySelector(".list .error").innerText)`);
});

test(
  "a Broadcast is counted before it is sent, and a drain asks for its name",
  OPTIONS,
  async (t) => {
    const settings = { drain_grace: "0s", drain_spread: "0s" };
    const { server, url, token, page } = await startDashboard(t, settings);
    const [ann, bob] = await Promise.all(["ann", "bob"].map(async (user) => {
      const client = await connectClient(t, server.port);
      await client.shakeHands({ user });
      return client;
    }));
    await logIn(page, token);
    await page.fill("User", "bob");
    await page.sees(".pager span", "1 in all");
    await page.click("Broadcast…");
    await page.fill("Text", "Maintenance at 22:00");
    await page.click("Count who gets it");
    await page.sees("#broadcast .outcome", "This goes to 1 session, now.");
    await page.click("Send to 1 session");
    const { type, payload } = await bob!.next();
    assert.deepEqual([type, `${payload}`], [BROADCAST, "Maintenance at 22:00"]);
    assertClean(page, url);

    await page.click("Drain…");
    assert.ok(await page.until(`document.querySelector("#drain .danger").disabled`));
    await page.fill("Type the word drain", "drain");
    await page.click("Drain");
    // The Broadcast was not for her: this is the first that she hears.
    assert.equal((await ann!.next()).type, DISCONNECT);
    ann!.finish();
    bob!.finish();
    assert.equal(await server.program.exited(), 0);
    await page.until(`/was draining: it has probably ended/.test(visible(lost)?.innerText)`);
  },
);
