// Who was here: the sessions that ended lately, and the resumes among them. Bounded; the oldest are forgotten first.

import { hostPort } from "../base/host_port.ts";
import { Ring } from "../base/ring.ts";
import { codeOf } from "../codec/codes.ts";
import { CLOSED_MAX, MOVES_MAX } from "../limits/admin.ts";
import type { ServerEvent } from "../server/events.ts";
import type { Session } from "../session/session.ts";
import type { EndedBy } from "../session/state.ts";
import type { Clock } from "../transport/transport.ts";
import { roundTripOf } from "./session_view.ts";
import type { WallTime } from "./wall_time.ts";

/** What is remembered of a session that ended. Times are milliseconds since 1970. */
export interface ClosedSession {
  /** Grows by one with each session that ends. */
  readonly sequence: number;
  readonly id: string;
  readonly address: string;
  readonly user: string;
  readonly client: string;
  readonly code: number;
  readonly name: string;
  readonly by: EndedBy;
  readonly message: string;
  readonly createdAt: number;
  readonly endedAt: number;
  readonly framesReceived: number;
  readonly framesSent: number;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  /** What still waited for it when it ended. */
  readonly queuedBytes: number;
  /** Null where it never answered a Ping. */
  readonly rttMs: number | null;
}

/** What happened to a session in between. Times are milliseconds since 1970. */
export interface Move {
  readonly at: number;
  /** It lost its connection and waits for its client, or the client came back. */
  readonly event: "waiting" | "resumed";
  readonly session: string;
  readonly user: string;
  readonly address: string;
  readonly client: string;
  /** Why it lost its connection; empty for a resume. */
  readonly message: string;
}

/** The memory of a server's sessions; give `watch` to the server. */
export class History {
  readonly closed: Ring<ClosedSession> = new Ring(CLOSED_MAX);
  readonly moves: Ring<Move> = new Ring(MOVES_MAX);
  readonly #clock: Pick<Clock, "now">;
  readonly #wall: WallTime;
  #sequence = 0;

  constructor(clock: Pick<Clock, "now">, wall: WallTime) {
    this.#clock = clock;
    this.#wall = wall;
  }

  readonly watch = (event: ServerEvent): void => {
    const { type, session } = event;
    if (type === "ended") keep(this.closed, this.#recordOf(session));
    if (type === "resumed") keep(this.moves, this.#moveOf(type, session, ""));
    if (type === "waiting") keep(this.moves, this.#moveOf(type, session, event.ending.message));
  };

  #timeOf(at: number): number {
    return Math.floor(this.#wall(at));
  }

  #moveOf(event: Move["event"], { id, user, peer, client }: Session, message: string): Move {
    const at = this.#timeOf(this.#clock.now());
    return { at, event, session: id, user, address: hostPort(peer), client, message };
  }

  #recordOf(session: Session): ClosedSession {
    const { name, by, message } = session.ending!;
    return {
      sequence: this.#sequence++,
      id: session.id,
      address: hostPort(session.peer),
      user: session.user,
      client: session.client,
      code: codeOf(name).code,
      name,
      by,
      message,
      createdAt: this.#timeOf(session.createdAt),
      endedAt: this.#timeOf(this.#clock.now()),
      framesReceived: session.framesReceived,
      framesSent: session.framesSent,
      bytesReceived: session.bytesReceived,
      bytesSent: session.outbound.bytesSent,
      queuedBytes: session.outbound.bytes,
      rttMs: roundTripOf(session),
    };
  }
}

function keep<T>(ring: Ring<T>, item: T): void {
  if (ring.length === ring.itemsMax) ring.shift();
  ring.push(item);
}
