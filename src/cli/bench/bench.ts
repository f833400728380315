// The command `bench`: a load test from this program, against a server of its own or one that is named.

import type { Host } from "../../transport/host.ts";
import { readU32 } from "../../codec/frame.ts";
import { UsageError } from "../admin/errors.ts";
import { Load, type Phase } from "./load.ts";
import { type Plan, readPlan, YES } from "./options.ts";
import { progressLine, type Report, reportLines, reportOf } from "./report.ts";
import { type BenchServer, givenServer, ownServer } from "./server.ts";
import { EXIT_CODE } from "../exit_code.ts";
import { jsonText } from "../json_text.ts";
import { JSON_OUTPUT } from "../options.ts";
import type { CommandLine } from "../parse.ts";
import { addressGiven, addressText, isLoopback } from "../peer_address.ts";
import { cut } from "../text_width.ts";

/** Milliseconds between two lines of progress. */
const PROGRESS_MS = 500;

const CLEAR_ROW = "\r\x1b[K";

/** Runs it; resolves with the exit code: whether everybody got a session, kept it, and nothing failed. */
export async function bench(host: Host, line: CommandLine): Promise<number> {
  let plan: Plan;
  let server: BenchServer;
  try {
    plan = readPlan(line);
    server = await serverFor(host, line, plan);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    host.stderr(`${error.message}\n`);
    return EXIT_CODE.usage;
  }
  try {
    const asJson = line.options.has(JSON_OUTPUT.flag);
    const report = await run(host, plan, server, asJson);
    const text = asJson ? jsonText(report, 2) : reportLines(report).join("\n");
    host.stdout(`${text}\n`);
    const { failed, lost, errors, unanswered, interrupted } = report;
    const isClean = failed + lost + errors + unanswered === 0 && !interrupted;
    return isClean ? EXIT_CODE.ok : EXIT_CODE.failed;
  } finally {
    await server.close();
  }
}

async function serverFor(host: Host, line: CommandLine, plan: Plan): Promise<BenchServer> {
  const address = addressGiven(host, line);
  if (address === undefined) return await ownServer(host, plan);
  if (!isLoopback(address)) {
    const where = addressText(address);
    if (!line.options.has(YES.flag)) {
      throw new UsageError(
        `"${where}" is another machine: a load test may stop it for everybody. ` +
          `Add "${YES.flag}" if it is yours to load`,
      );
    }
    host.stderr(`Loading another machine: ${where}\n`);
  }
  return givenServer(address);
}

function run(host: Host, plan: Plan, server: BenchServer, asJson: boolean): Promise<Report> {
  const { promise, resolve, reject } = Promise.withResolvers<Report>();
  const before = server.residentBytes();
  let held: number | null = null;
  let interrupted = false;
  const platform = {
    transport: host.transport(reject),
    clock: host.clock,
    address: server.address,
    mark: readU32(host.randomBytes(4), 0),
  };
  const load = new Load(plan, platform, (phase: Phase) => {
    if (phase === "settling") held = server.residentBytes();
    if (phase === "over") resolve(reportOf(plan, load, server, { interrupted, before, held }));
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    host.onSignal(signal, () => {
      interrupted = true;
      load.stop();
    });
  }
  const stopProgress = asJson ? () => {} : showProgress(host, plan, load);
  load.run();
  return promise.finally(stopProgress);
}

// One line of the terminal, written anew until it is over.
function showProgress(host: Host, plan: Plan, load: Load): () => void {
  if (host.terminal() === undefined) return () => {};
  let messages = 0;
  let cancel = () => {};
  const show = () => {
    const { columns = 80 } = host.terminal() ?? {};
    const text = progressLine(plan, load, messages, PROGRESS_MS);
    messages = load.tally.messages;
    host.stdout(`${CLEAR_ROW}${cut(text, columns - 1)}`);
    cancel = host.clock.schedule(PROGRESS_MS, show);
  };
  show();
  return () => {
    cancel();
    host.stdout(CLEAR_ROW);
  };
}
