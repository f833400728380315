// A headless Chromium for tests, driven over its DevTools protocol: the one way that runs in both runtimes as they are.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { tmpdir } from "node:os";
import process from "node:process";
import type { Cleanup } from "./program.ts";

/** Milliseconds that a page may take for what a test waits for. */
const WAIT_MS_MAX = 20_000;

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

// Neither a first-run page nor a look at the outside: only what the test asks for. Without a sandbox, because there is
// none for root and in most containers, and the only page it opens is ours.
const ARGUMENTS = [
  "--headless",
  "--no-sandbox",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-dev-shm-usage",
  "--disable-gpu",
  "--window-size=1440,900",
  "--remote-debugging-port=0",
];

// What expressions in the page may use: visible(element), and named(text), the control that has this text or label.
const HELPERS = `
  const visible = (element) => element?.checkVisibility() ? element : null;
  const labelOf = ({ labels }) =>
    [...labels?.[0]?.childNodes ?? []].map((node) => node.textContent.trim()).find((text) => text !== "");
  const named = (text) =>
    [...document.querySelectorAll("a, button, input, select, summary, textarea")]
      .find((it) => visible(it) && [it.textContent.trim(), it.ariaLabel, labelOf(it)].includes(text));
`;

type Fields = Readonly<Record<string, unknown>>;

/** Where a Chromium is; undefined on a machine without one. */
export function findBrowser(): string | undefined {
  const named = process.env["TEST_BROWSER"];
  if (named !== undefined && named !== "") return named;
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync);
}

/** Opens a page in a browser of its own, with an empty profile. Both end with the test. */
export async function openPage(t: Cleanup, browser: string, url: string): Promise<Page> {
  const profile = mkdtempSync(join(tmpdir(), "tcp-server-browser-"));
  const child = spawn(browser, [...ARGUMENTS, `--user-data-dir=${profile}`], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = once(child, "close");
  const opened = connectTo(child);
  t.after(async () => {
    // One that ends by itself leaves nobody behind who still writes into the profile.
    await opened.then((page) => page.close(), () => child.kill("SIGKILL"));
    await ended;
    rmSync(profile, { recursive: true });
  });
  const page = await opened;
  await page.begin(url);
  return page;
}

/** One page: what a person does with it and sees of it, and what went wrong in it. */
export class Page {
  /** What the page wrote to its console as a warning or an error, what it threw, and what its policy refused. */
  readonly problems: string[] = [];
  /** Every address it asked for. */
  readonly requests: string[] = [];
  readonly #socket: WebSocket;
  readonly #waiting: Map<number, PromiseWithResolvers<Fields>> = new Map();
  #session: string | undefined;
  #lastId = 0;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#receive(JSON.parse(data));
    socket.onclose = () => {
      for (const { reject } of this.#waiting.values()) reject(new Error("The browser ended"));
    };
  }

  async begin(url: string): Promise<void> {
    const { targetId } = await this.#command("Target.createTarget", { url: "about:blank" });
    const attached = await this.#command("Target.attachToTarget", { targetId, flatten: true });
    this.#session = attached["sessionId"] as string;
    for (const domain of ["Page", "Runtime", "Log", "Network"]) {
      await this.#command(`${domain}.enable`);
    }
    await this.#command("Page.navigate", { url });
  }

  /** Ends the browser. */
  close(): void {
    this.#session = undefined;
    this.#command("Browser.close").catch(() => {});
  }

  /** The value of an expression in the page, once it is neither false nor null nor an error. */
  async until<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.#command("Runtime.evaluate", {
      expression: `(async () => {
        ${HELPERS}
        for (const before = performance.now(); performance.now() < before + ${WAIT_MS_MAX};) {
          try {
            const value = ${expression};
            if (value !== null && value !== undefined && value !== false) return value;
          } catch { /* not there yet */ }
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        throw new Error("Waited in vain. The page says: " + document.body.innerText.slice(0, 4000));
      })()`,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails === undefined) return (result as { value: T }).value;
    const { exception } = exceptionDetails as { exception: { description: string } };
    throw new Error(`${expression}: ${exception.description}`);
  }

  /** Waits until some visible element of the page has exactly this text. */
  async sees(selector: string, text: string): Promise<void> {
    const [wanted, within] = [JSON.stringify(text), JSON.stringify(selector)];
    await this.until(
      `[...document.querySelectorAll(${within})].some((it) => visible(it) && it.innerText.trim() === ${wanted})`,
    );
  }

  /** Clicks, with the mouse, on the control that has this text or label, as soon as it is enabled and in nobody's shade. */
  async click(name: string): Promise<void> {
    const { x, y } = await this.until<{ x: number; y: number }>(`(() => {
      const control = named(${JSON.stringify(name)});
      control.scrollIntoView({ block: "center" });
      const { x, y, width, height } = control.getBoundingClientRect();
      const middle = { x: x + width / 2, y: y + height / 2 };
      const hit = document.elementFromPoint(middle.x, middle.y);
      return !control.disabled && control.contains(hit) ? middle : null;
    })()`);
    for (const type of ["mousePressed", "mouseReleased"]) {
      await this.#command("Input.dispatchMouseEvent", {
        type,
        x,
        y,
        button: "left",
        clickCount: 1,
      });
    }
  }

  /** Clicks on the field with this label, and types in the place of what stands there. */
  async fill(label: string, text: string): Promise<void> {
    await this.click(label);
    await this.until(`(document.activeElement.select(), true)`);
    await this.#command("Input.insertText", { text });
  }

  #command(method: string, params: Fields = {}): Promise<Fields> {
    const id = ++this.#lastId;
    const answer = Promise.withResolvers<Fields>();
    this.#waiting.set(id, answer);
    const session = this.#session === undefined ? {} : { sessionId: this.#session };
    this.#socket.send(JSON.stringify({ id, method, params, ...session }));
    return answer.promise;
  }

  // deno-lint-ignore no-explicit-any -- as the protocol has it
  #receive({ id, result, error, method, params }: any): void {
    const answer = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error !== undefined) return answer?.reject(new Error(error.message));
    answer?.resolve(result);
    if (method === "Network.requestWillBeSent") this.requests.push(params.request.url);
    if (method === "Runtime.exceptionThrown") {
      this.problems.push(params.exceptionDetails.exception?.description ?? "An exception");
    }
    // A status that the page has a word for is no problem of the page.
    if (method === "Log.entryAdded" && params.entry.source !== "network") {
      this.problems.push(`${params.entry.text} ${params.entry.url}`);
    }
    if (method === "Runtime.consoleAPICalled" && ["error", "warning"].includes(params.type)) {
      this.problems.push(
        params.args.map(({ description, value }: Fields) => description ?? value).join(" "),
      );
    }
  }
}

async function connectTo(child: ChildProcess): Promise<Page> {
  const socket = new WebSocket(await endpointOf(child));
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error("Cannot reach the browser"));
  });
  return new Page(socket);
}

// It says where it listens in a line on standard error.
async function endpointOf({ stderr }: ChildProcess): Promise<string> {
  let text = "";
  for await (const chunk of stderr!) {
    text += chunk;
    const found = /DevTools listening on (ws:\S+)/.exec(text)?.[1];
    if (found !== undefined) return found;
  }
  throw new Error(`Cannot start the browser: ${text}`);
}
