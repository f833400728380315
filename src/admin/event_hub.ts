// Events of the server for whoever listens now: text of the event-stream format, bounded per listener.

import { hostPort } from "../base/host_port.ts";
import { EVENT_LISTENERS_MAX, EVENT_PING_MS, EVENTS_WAITING_MAX } from "../limits/admin.ts";
import { encodeText } from "../base/text.ts";
import type { ServerEvent } from "../server/events.ts";
import type { Session } from "../session/session.ts";
import type { Clock } from "../transport/transport.ts";
import { isoTime } from "./wall_time.ts";

type Bytes = Uint8Array<ArrayBuffer>;

interface Listener {
  readonly controller: ReadableStreamDefaultController<Bytes>;
  /** Events left out since it last kept up. */
  dropped: number;
}

/** Listeners and what they are told. Without a listener an event costs nothing. Give `watch` to the server. */
export class EventHub {
  readonly #clock: Clock;
  readonly #listeners: Set<Listener> = new Set();
  /** Hears whether somebody listens: when that changes, and with every sign of life. */
  readonly #onWanted: (isWanted: boolean) => void;
  #stopPings: (() => void) | null = null;

  constructor(clock: Clock, onWanted: (isWanted: boolean) => void = () => {}) {
    this.#clock = clock;
    this.#onWanted = onWanted;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  readonly watch = (event: ServerEvent): void => {
    if (this.#listeners.size > 0) this.pass(eventText(event));
  };

  /** Tells everybody who listens of what is no event of a session. */
  tell(event: string, fields: Readonly<Record<string, unknown>>): void {
    this.pass(textOf(event, fields));
  }

  /** Passes on an event as it travels. */
  pass(text: Bytes): void {
    for (const listener of this.#listeners) {
      if ((listener.controller.desiredSize ?? 0) > 0) listener.controller.enqueue(text);
      else listener.dropped++;
    }
  }

  /** The events from now on; undefined where too many listen already. */
  listen(): ReadableStream<Bytes> | undefined {
    if (this.#listeners.size >= EVENT_LISTENERS_MAX) return undefined;
    let listener: Listener;
    return new ReadableStream<Bytes>({
      start: (controller) => {
        listener = { controller, dropped: 0 };
        this.#listeners.add(listener);
        // At once, so that the answer begins and not with the first event.
        controller.enqueue(encodeText(": listening\n\n"));
        if (this.#stopPings === null) this.#ping();
      },
      pull: () => this.#confess(listener),
      cancel: () => this.#forget(listener),
    }, { highWaterMark: EVENTS_WAITING_MAX });
  }

  /** Ends all of their streams. */
  close(): void {
    for (const listener of this.#listeners) {
      this.#forget(listener);
      listener.controller.close();
    }
  }

  // Called once there is room: whoever missed something is told how much.
  #confess(listener: Listener): void {
    if (listener.dropped === 0) return;
    const { dropped: count } = listener;
    listener.dropped = 0;
    listener.controller.enqueue(textOf("dropped", { count }));
  }

  #forget(listener: Listener): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size > 0) return;
    this.#stopPings?.();
    this.#stopPings = null;
    this.#onWanted(false);
  }

  // Proxies close what is silent.
  #ping(): void {
    this.#onWanted(true);
    this.#stopPings = this.#clock.schedule(EVENT_PING_MS, () => {
      this.pass(encodeText(": ping\n\n"));
      this.#ping();
    });
  }
}

/** An event of the server as it travels. */
export function eventText(event: ServerEvent): Bytes {
  return textOf(event.type, fieldsOf(event));
}

function textOf(event: string, fields: Readonly<Record<string, unknown>>): Bytes {
  const data = JSON.stringify({ at: isoTime(Date.now()), ...fields });
  return encodeText(`event: ${event}\ndata: ${data}\n\n`);
}

function fieldsOf(event: ServerEvent): Record<string, unknown> {
  const { session } = event;
  const common = identityOf(session);
  switch (event.type) {
    case "ended":
      return { ...common, ...session.ending, queuedBytes: session.outbound.bytes };
    case "waiting":
      return { ...common, ...event.ending, queuedBytes: session.outbound.bytes };
    case "slow":
      return { ...common, framesDropped: event.framesDropped, queuedBytes: session.outbound.bytes };
    case "limit":
      return { ...common, name: event.name, mode: session.owner.policies.limitsMode };
    default:
      return { ...common, client: session.client };
  }
}

function identityOf({ id, peer, user }: Session): Record<string, unknown> {
  return { session: id, address: hostPort(peer), user };
}
