// A load from its first connection to its last: opens them, has the traffic run for its time, and closes them all.

import { Frame, FrameType } from "../../codec/frame.ts";
import { OPENING_MAX, OPENING_MS_MAX, SETTLING_MS_MAX, WARM_UP_MS } from "../../limits/bench.ts";
import type { Address, Clock, Transport } from "../../transport/transport.ts";
import { LoadConnection, type LoadOwner } from "./connection.ts";
import type { Plan } from "./options.ts";
import { Tally } from "./tally.ts";
import { Train } from "./train.ts";
import { Echo, Fanout, silence, type Traffic } from "./traffic.ts";

/** Milliseconds between two looks at the whole. */
const TICK_MS = 100;

/** Where a load stands. */
export type Phase = "opening" | "warming up" | "running" | "settling" | "closing" | "over";

/** What it runs on. */
export interface LoadPlatform {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly address: Address;
  /** Tells the messages of this run from those of others. */
  readonly mark: number;
}

/** The load. */
export class Load implements LoadOwner {
  readonly frame = new Frame();
  readonly train: Train;
  readonly depth: number;
  readonly tally = new Tally();
  phase: Phase = "opening";
  /** Milliseconds from the first dial until the last session. */
  openingMs = 0;
  /** Milliseconds for which the traffic ran and was counted. */
  runningMs = 0;
  /** Frames without an answer when it was over. */
  unanswered = 0;
  readonly #plan: Plan;
  readonly #platform: LoadPlatform;
  readonly #traffic: Traffic;
  readonly #onPhase: (phase: Phase) => void;
  readonly #connections = new Set<LoadConnection>();
  #now: number;
  #phaseAt: number;
  #dialed = 0;
  #opening = 0;

  /** @param onPhase Hears of each phase that begins, `over` last. */
  constructor(plan: Plan, platform: LoadPlatform, onPhase: (phase: Phase) => void) {
    this.#plan = plan;
    this.#platform = platform;
    this.#onPhase = onPhase;
    const { workload, depth, payload } = plan;
    this.depth = Math.max(1, depth ?? 1);
    const type = workload === "fanout" ? FrameType.Notification : FrameType.Request;
    this.train = new Train(type, payload ?? 8, platform.mark);
    this.#traffic = workload === "echo"
      ? new Echo(this.tally, this.depth)
      : workload === "fanout"
      ? new Fanout(this.tally, this.depth, this.train)
      : silence();
    this.#now = this.#phaseAt = platform.clock.now();
  }

  /** Connections with a session now. */
  get held(): number {
    return this.tally.opened - this.tally.lost;
  }

  /** Milliseconds since the present phase began. */
  get phaseMs(): number {
    return this.#platform.clock.now() - this.#phaseAt;
  }

  /** Begins. */
  run(): void {
    this.#dialMore();
    this.#tick();
  }

  /** Ends before its time. */
  stop(): void {
    if (this.phase === "opening") this.#openingOver();
    if (this.phase === "warming up" || this.phase === "running") this.#enter("settling");
  }

  // --- from the connections ---

  look(): void {
    this.#now = this.#platform.clock.now();
  }

  onOpen(connection: LoadConnection): void {
    if (this.phase !== "opening") return;
    this.tally.opened++;
    this.#opening--;
    // In the loads that only connect, this is what is measured.
    if (this.#plan.depth === null) {
      this.tally.messages++;
      this.tally.latencies.record(this.#now - connection.dialedAt);
    }
    this.#openNext();
  }

  onFrame(connection: LoadConnection, frame: Frame): void {
    this.#traffic.onFrame(connection, frame, this.#now);
  }

  onGone(connection: LoadConnection, why: string): void {
    this.#connections.delete(connection);
    this.#traffic.onGone(connection);
    if (this.phase === "opening" && !connection.isOpen) {
      this.#opening--;
      this.#fail(why);
      return this.#openNext();
    }
    const isOurs = this.phase === "closing" || this.phase === "over";
    if (!isOurs && connection.isOpen) {
      this.tally.lost++;
      this.tally.addError(why);
    }
    if (this.phase === "closing" && this.#connections.size === 0) this.#enter("over");
  }

  // --- opening ---

  #dialMore(): void {
    const { conns, workload } = this.#plan;
    const atOnce = workload === "storm" ? conns : OPENING_MAX;
    while (this.#dialed < conns && this.#opening < atOnce) this.#dial();
  }

  #dial(): void {
    const { transport, clock, address } = this.#platform;
    this.#dialed++;
    this.#opening++;
    const dialed = new LoadConnection(this, clock.now());
    const isLate = () => this.phase !== "opening";
    transport.connect(address, (connection) => {
      if (!isLate()) this.#connections.add(dialed);
      dialed.begin(connection);
      if (isLate()) clock.schedule(0, () => dialed.terminate());
      return dialed;
    }, () => {
      if (isLate()) return;
      this.#opening--;
      this.#fail("cannot_connect");
      this.#openNext();
    });
  }

  #fail(why: string): void {
    this.tally.failed++;
    this.tally.addError(why);
  }

  #openNext(): void {
    this.#dialMore();
    if (this.tally.opened + this.tally.failed === this.#plan.conns) this.#openingOver();
  }

  #openingOver(): void {
    this.openingMs = this.phaseMs;
    for (let late = this.tally.opened + this.tally.failed; late < this.#plan.conns; late++) {
      this.#fail("no_session");
    }
    const open = [...this.#connections].filter(({ isOpen }) => isOpen);
    for (const connection of this.#connections) if (!connection.isOpen) connection.terminate();
    this.look();
    const { workload, depth } = this.#plan;
    if (workload === "storm" || open.length === 0) return this.#enter("settling");
    this.#enter(depth === null ? "running" : "warming up");
    this.#traffic.begin(open, this.#now);
  }

  // --- time ---

  #tick(): void {
    this.look();
    this.#traffic.onTick(this.#now);
    const { seconds, workload } = this.#plan;
    const patienceMs = workload === "storm" ? seconds * 1000 : OPENING_MS_MAX;
    if (this.phase === "opening" && this.phaseMs >= patienceMs) this.#openingOver();
    if (this.phase === "warming up" && this.phaseMs >= WARM_UP_MS) {
      this.tally.restart();
      this.#enter("running");
    }
    if (this.phase === "running" && this.phaseMs >= seconds * 1000) this.#enter("settling");
    if (this.phase === "settling") this.#settle();
    if (this.phase === "closing" && this.phaseMs >= SETTLING_MS_MAX) {
      for (const connection of [...this.#connections]) connection.terminate();
      this.#enter("over");
    }
    if (this.phase !== "over") this.#platform.clock.schedule(TICK_MS, () => this.#tick());
  }

  #settle(): void {
    if (this.#traffic.inFlight > 0 && this.phaseMs < SETTLING_MS_MAX) return;
    this.unanswered = this.#traffic.inFlight;
    this.#enter("closing");
    for (const connection of [...this.#connections]) connection.leave();
    if (this.#connections.size === 0) this.#enter("over");
  }

  #enter(phase: Phase): void {
    if (this.phase === phase || this.phase === "over") return;
    if (this.phase === "running") this.runningMs = this.phaseMs;
    if (phase === "settling") this.#traffic.stop();
    this.phase = phase;
    this.#phaseAt = this.#platform.clock.now();
    this.#onPhase(phase);
  }
}
