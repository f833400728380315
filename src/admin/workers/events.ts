// Events of the workers on their way to those who listen at the front. While nobody listens nothing travels.

import { NO_BYTES } from "../../base/bytes.ts";
import { type Bus, type Message, SUPERVISOR } from "../../bus/bus.ts";
import { EVENTS_WANTED_MS } from "../../limits/admin.ts";
import { BUS_DEADLINE_MS } from "../../limits/bus.ts";
import type { Clock } from "../../transport/transport.ts";
import type { NodeContext } from "../context.ts";
import { EventHub, eventText } from "../event_hub.ts";
import { EVENTS, EVENTS_WANTED } from "./subjects.ts";

/** What the front says of its listeners. */
const WANTED: Message = Uint8Array.of(1);
const UNWANTED: Message = Uint8Array.of(0);

/** The listeners of the front, who hear the events of all workers; `close()` ends that. */
export function gatherEvents(bus: Bus, clock: Clock): { events: EventHub; close: () => void } {
  const events: EventHub = new EventHub(
    clock,
    (isWanted) => bus.publish(EVENTS_WANTED, isWanted ? WANTED : UNWANTED),
  );
  const ends = [
    bus.subscribe(EVENTS, (text) => events.pass(new Uint8Array(text))),
    bus.serve(EVENTS_WANTED, () => events.listeners > 0 ? WANTED : UNWANTED),
  ];
  function close(): void {
    for (const end of ends) end();
    events.close();
  }
  return { events, close };
}

/** Sends the events of this worker to the front while somebody listens there; the returned function ends that. */
export async function forwardEvents(
  bus: Bus,
  { server, clock }: Pick<NodeContext, "server" | "clock">,
): Promise<() => void> {
  // Word that nobody listens any more may be lost, so word that somebody does holds for a while only.
  let wantedUntil = -Infinity;
  function learn(message: Message): void {
    wantedUntil = message[0] === WANTED[0] ? clock.now() + EVENTS_WANTED_MS : -Infinity;
  }
  const ends = [
    bus.subscribe(EVENTS_WANTED, learn),
    server.watch((event) => {
      if (clock.now() < wantedUntil) bus.publish(EVENTS, eventText(event), SUPERVISOR);
    }),
  ];
  const [reply] = await bus.request(EVENTS_WANTED, NO_BYTES, SUPERVISOR, BUS_DEADLINE_MS);
  if (reply !== undefined) learn(reply.message);
  return () => {
    for (const end of ends) end();
  };
}
