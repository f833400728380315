// The workers of a server: started, started again when they crash, and sent away.

import type { Hub, HubPort } from "../../bus/hub.ts";
import {
  LEAVE_MS_MAX,
  RESTART_MS_MAX,
  RESTART_MS_MIN,
  SOUND_AFTER_MS,
} from "../../limits/workers.ts";
import type { Log } from "../../observe/log.ts";
import type { Host } from "../../transport/host.ts";
import type { WorkerThread } from "../../transport/worker_thread.ts";
import { EXIT_CODE } from "../exit_code.ts";
import type { News, Order, Start } from "./control.ts";

/** What it takes. */
export interface CrewOptions {
  readonly host: Pick<Host, "startWorker" | "clock">;
  readonly log: Log;
  readonly hub: Hub;
  readonly size: number;
  /** What the worker `node` is started with now. */
  readonly startOf: (node: number) => Start;
  /** The worker `node` is gone. Returns how many sessions it had. */
  readonly gone: (node: number) => number;
}

/** One of them. */
interface Member {
  readonly node: number;
  /** Null: it waits to be started again, or has left for good. */
  thread: WorkerThread | null;
  isUp: boolean;
  restarts: number;
  /** Before it is started again, should it crash now. */
  pauseMs: number;
  startedAt: number;
  /** Whether it has no connection any more. */
  isQuiet: boolean;
  /** How many sessions it has ended over the crash that it is in. */
  sessionsEnded: number;
}

/** All of them. */
export class Crew {
  readonly #options: CrewOptions;
  readonly #members: readonly Member[];
  #isLeaving = false;
  // Until all listen for the first time: what is wrong with one then is wrong from the start.
  #onListening: (() => void) | null = null;
  #onFailed: ((code: number) => void) | null = null;
  #onGone: (() => void) | null = null;

  constructor(options: CrewOptions) {
    this.#options = options;
    this.#members = Array.from({ length: options.size }, (_, i) => ({
      node: i + 1,
      thread: null,
      isUp: false,
      restarts: 0,
      pauseMs: RESTART_MS_MIN,
      startedAt: 0,
      isQuiet: false,
      sessionsEnded: 0,
    }));
  }

  /** Each of them as it is now. */
  get members(): readonly Readonly<Pick<Member, "node" | "isUp" | "restarts">>[] {
    return this.#members;
  }

  /** Starts them. Resolves once all listen, or with the exit code of the first one that cannot. */
  start(): Promise<number | null> {
    return new Promise((resolve) => {
      this.#onListening = () => resolve(null);
      this.#onFailed = resolve;
      for (const member of this.#members) this.#start(member);
    });
  }

  /** Gives an order to each that runs. */
  tell(order: (node: number) => Order): void {
    for (const { node, thread } of this.#members) thread?.post(order(node));
  }

  /** Has all leave once their sessions have; none is started again. Resolves when the last one is gone. */
  drain(): Promise<void> {
    this.#isLeaving = true;
    this.tell(() => ({ kind: "drain" }));
    return this.#allGone();
  }

  /** Has all leave at once. */
  async leave(): Promise<void> {
    this.#isLeaving = true;
    this.tell(() => ({ kind: "leave" }));
    const { clock } = this.#options.host;
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const cancel = clock.schedule(LEAVE_MS_MAX, resolve);
    await Promise.race([this.#allGone(), late]);
    cancel();
    for (const { thread } of this.#members) thread?.terminate();
  }

  #allGone(): Promise<void> {
    const isGone = this.#members.every(({ thread }) => thread === null);
    if (isGone) return Promise.resolve();
    return new Promise((resolve) => {
      const before = this.#onGone;
      this.#onGone = () => {
        before?.();
        resolve();
      };
    });
  }

  #start(member: Member): void {
    const { host, hub, startOf } = this.#options;
    const { node } = member;
    const thread: WorkerThread = host.startWorker(
      `worker ${node}`,
      (message) => this.#heard(member, port, message as News),
      (error) => this.#ended(member, port, error),
    );
    const tell = (order: Order) => thread.post(order);
    member.thread = thread;
    member.startedAt = host.clock.now();
    member.sessionsEnded = 0;
    member.isQuiet = false;
    tell({ kind: "start", start: startOf(node) });
    const port = hub.join(node, (batch) => tell({ kind: "batch", batch }));
  }

  #heard(member: Member, port: HubPort, news: News): void {
    const { log, startOf } = this.#options;
    switch (news.kind) {
      case "batch":
        return port.take(news.batch);
      case "log":
        return log(news.level, news.event, { worker: member.node, ...news.fields });
      case "listening":
        member.isUp = true;
        // What it was started with may have changed meanwhile.
        member.thread?.post({ kind: "reconfigure", live: startOf(member.node).live });
        if (member.restarts > 0) log("info", "worker started", { worker: member.node });
        if (this.#members.every(({ isUp }) => isUp)) this.#begun();
        return;
      case "quiet":
        member.isQuiet = true;
        return this.#letGoOn();
      case "crashing":
        member.sessionsEnded = news.sessions;
        return;
      case "failed":
        return this.#failed(member, news.code);
    }
  }

  #begun(): void {
    this.#onListening?.();
    this.#onListening = this.#onFailed = null;
  }

  // Nobody has anything to say any more to sessions that wait with somebody else.
  #letGoOn(): void {
    const areQuiet = this.#members.every(({ thread, isQuiet }) => thread === null || isQuiet);
    if (areQuiet) this.tell(() => ({ kind: "go on" }));
  }

  // It said why. At the start that is the end of all; later the machine may have changed, and may change again.
  #failed(member: Member, code: number): void {
    this.#onFailed?.(code);
    member.thread?.terminate();
  }

  #ended(member: Member, port: HubPort, error: string | null): void {
    const { host: { clock }, log, gone } = this.#options;
    const { node } = member;
    port.leave();
    member.thread = null;
    member.isUp = false;
    const sessions = member.sessionsEnded + gone(node);
    if (this.#isLeaving) {
      if (error !== null) log("error", "worker crashed", { worker: node, sessions, error });
      this.#letGoOn();
      if (this.#members.every(({ thread }) => thread === null)) this.#onGone?.();
      return;
    }
    if (clock.now() - member.startedAt >= SOUND_AFTER_MS) member.pauseMs = RESTART_MS_MIN;
    const restartInMs = member.pauseMs;
    member.pauseMs = Math.min(2 * restartInMs, RESTART_MS_MAX);
    log("error", "worker crashed", {
      worker: node,
      sessions,
      error: error ?? "It left by itself",
      restartInMs,
    });
    this.#onFailed?.(EXIT_CODE.failed);
    clock.schedule(restartInMs, () => {
      if (this.#isLeaving) return;
      member.restarts++;
      this.#start(member);
    });
  }
}
