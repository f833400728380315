// What a server tells those who watch it: the turns in the lives of its sessions.

import type { CodeName } from "../codec/codes.ts";
import type { Ending } from "../session/ending.ts";
import type { Session } from "../session/session.ts";

/**
 * - `connected`: the session is past its handshake.
 * - `waiting`: it lost its connection, as `ending` says, and waits for its client.
 * - `resumed`: its client came back.
 * - `moved`: its client came back on another node, which has it from now on.
 * - `ended`: the decision to end it fell; `session.ending` says why. Also for one that was never connected.
 * - `slow`: Broadcasts to it were dropped, because it does not keep up.
 * - `limit`: it passed the limit that `name` stands for, enforced or only observed.
 */
export type ServerEvent =
  | { readonly type: "connected" | "resumed" | "moved" | "ended"; readonly session: Session }
  | { readonly type: "waiting"; readonly session: Session; readonly ending: Ending }
  | { readonly type: "slow"; readonly session: Session; readonly framesDropped: number }
  | { readonly type: "limit"; readonly session: Session; readonly name: CodeName };

/** Hears of one event, inside the turn in which it happened. Must not throw. */
export type Watcher = (event: ServerEvent) => void;

/** Everybody who watches. */
export class Watchers {
  readonly #watchers: Set<Watcher> = new Set();

  /** Has `watcher` called for each event from now on; the returned function ends that. */
  add(watcher: Watcher): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  tell(event: ServerEvent): void {
    for (const watcher of this.#watchers) watcher(event);
  }
}
