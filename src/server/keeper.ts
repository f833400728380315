// Has sessions kept beyond the life of the process: collects what changed, and saves it in batches a little later.

import {
  IDS_LOOK_MS,
  SAVE_AFTER_MS,
  SAVE_BYTES_MAX,
  SAVE_PACE_MS,
  SAVE_SESSIONS_MAX,
} from "../limits/keeping.ts";
import type { Log } from "../observe/log.ts";
import { save, type SavedSession } from "../session/saved.ts";
import type { Session } from "../session/session.ts";
import type { Clock } from "../transport/transport.ts";
import type { LoadedSessions, SessionStore } from "./session_store.ts";

/**
 * The hand between a server and its store. What fails there is logged and tried again: sessions live on, only a crash
 * would cost more.
 */
export class Keeper {
  readonly #store: SessionStore;
  readonly #clock: Clock;
  readonly #log: Log;
  // What is kept of these is not what they are now.
  readonly #changed: Set<Session> = new Set();
  readonly #gone: Set<string> = new Set();
  readonly #kept: Set<string> = new Set();
  // Those with request ids taken ahead.
  readonly #ahead: Set<Session> = new Set();
  #cancelSave: (() => void) | null = null;
  #cancelLook: (() => void) | null = null;
  #isFailing = false;
  // Nothing is saved before everything was loaded: it would be taken for all there is.
  #state: "new" | "open" | "closed" = "new";

  constructor(store: SessionStore, clock: Clock, log: Log) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
  }

  /** What was kept. @throws {Error} If the store cannot tell. */
  load(): LoadedSessions {
    const loaded = this.#store.load();
    for (const { id } of loaded.sessions) this.#kept.add(id);
    this.#state = "open";
    return loaded;
  }

  /** `session` is not as it was kept. */
  changed(session: Session): void {
    if (this.#state !== "open") return;
    this.#changed.add(session);
    this.#saveIn(SAVE_AFTER_MS);
  }

  /** `session` has ended. */
  forget(session: Session): void {
    this.#changed.delete(session);
    this.#ahead.delete(session);
    if (this.#state !== "open" || !this.#kept.has(session.id)) return;
    this.#gone.add(session.id);
    this.#saveIn(SAVE_AFTER_MS);
  }

  /** A Request of `session` is about to run, with an id past those that are kept as taken. */
  takeIds(session: Session): void {
    const resumption = session.resumption!;
    const { idHigh, idLow } = resumption.asked.raiseMark();
    const isTaken = this.#attempt(() => this.#store.takeIds(session.id, idHigh, idLow));
    if (!isTaken) return resumption.asked.lowerMark();
    this.#ahead.add(session);
    this.#cancelLook ??= this.#clock.schedule(IDS_LOOK_MS, () => this.#look());
  }

  /** Saves `sessions` as they are now, and no others; the store is closed. */
  close(sessions: Iterable<Session>): void {
    if (this.#state !== "open") return;
    this.#state = "closed";
    this.#cancelSave?.();
    this.#cancelLook?.();
    let count = 0;
    const all = function* (this: Keeper) {
      for (const session of sessions) {
        const saved = this.#takeDown(session);
        if (saved !== undefined) yield (count++, saved);
      }
    };
    const isSaved = this.#attempt(() => this.#store.close(all.call(this)));
    if (isSaved) this.#log("info", "store", { result: "saved", sessions: count });
  }

  #saveIn(ms: number): void {
    this.#cancelSave ??= this.#clock.schedule(ms, () => {
      this.#cancelSave = null;
      this.#saveSome();
    });
  }

  #saveSome(): void {
    const sessions: Session[] = [];
    const batch: SavedSession[] = [];
    let bytes = 0;
    for (const session of this.#changed) {
      if (batch.length >= SAVE_SESSIONS_MAX || bytes >= SAVE_BYTES_MAX) break;
      this.#changed.delete(session);
      const saved = session.isReachable ? this.#takeDown(session) : undefined;
      if (saved === undefined) continue;
      sessions.push(session);
      batch.push(saved);
      bytes += saved.sent.length + saved.answers.length + saved.about.length;
    }
    const gone = [...take(this.#gone, SAVE_SESSIONS_MAX)];
    if (!this.#attempt(() => this.#store.save(batch, gone))) {
      for (const session of sessions) this.#changed.add(session);
      return this.#saveIn(SAVE_AFTER_MS);
    }
    for (const { id } of batch) this.#kept.add(id);
    for (const id of gone) {
      this.#gone.delete(id);
      this.#kept.delete(id);
    }
    if (this.#changed.size + this.#gone.size > 0) this.#saveIn(SAVE_PACE_MS);
  }

  // Undefined where there is nothing to keep, or the application's data is not JSON any more.
  #takeDown(session: Session): SavedSession | undefined {
    if (session.resumption === null) return undefined;
    try {
      return save(session);
    } catch (error) {
      this.#log("error", "store", {
        result: "left out",
        session: session.id,
        error: String(error),
      });
      return undefined;
    }
  }

  // Whoever asks less than before needs fewer ids: after a crash they would be refused for nothing.
  #look(): void {
    this.#cancelLook = null;
    for (const session of this.#ahead) {
      const { came, ahead } = session.resumption?.asked.lookAtIds() ?? { came: 0, ahead: 0 };
      if (came === 0) this.#ahead.delete(session);
      if (ahead <= came) continue;
      session.resumption!.asked.lowerMark();
      this.changed(session);
    }
    if (this.#ahead.size === 0) return;
    this.#cancelLook = this.#clock.schedule(IDS_LOOK_MS, () => this.#look());
  }

  // One line when it begins to fail and one when that is over, not one for each second between.
  #attempt(work: () => void): boolean {
    try {
      work();
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      if (!this.#isFailing) this.#log("error", "store", { result: "failed", error: text });
      this.#isFailing = true;
      return false;
    }
    if (this.#isFailing) this.#log("info", "store", { result: "works again" });
    this.#isFailing = false;
    return true;
  }
}

function* take<Item>(items: Iterable<Item>, count: number): Iterable<Item> {
  for (const item of items) {
    if (count-- <= 0) return;
    yield item;
  }
}
