// The bus as applications use it: with subjects of their own, and only nodes on it that run a copy of them.

import { type Bus, type NodeId, SUPERVISOR } from "../bus/bus.ts";

/** Makes it. `guard` runs what belongs to the application: what that throws ends nothing. */
export function appBus(bus: Bus, guard: (work: () => unknown) => unknown): Bus {
  const others = new Set<NodeId>([...bus.others].filter((node) => node !== SUPERVISOR));
  bus.onNode((node, change) => {
    if (change === "left") others.delete(node);
    else if (node !== SUPERVISOR) others.add(node);
  });
  return {
    self: bus.self,
    others,
    onNode: (listener) =>
      bus.onNode((node, change) => {
        if (node !== SUPERVISOR) guard(() => listener(node, change));
      }),
    publish: (subject, message, to) => bus.publish(named(subject), message, to),
    subscribe: (subject, subscriber) =>
      bus.subscribe(named(subject), (message, from) => {
        guard(() => subscriber(message, from));
      }),
    request: (subject, ...rest) => bus.request(named(subject), ...rest),
    serve: (subject, responder) => bus.serve(named(subject), responder),
  };
}

// Ours begin with other words.
function named(subject: string): string {
  return `app.${subject}`;
}
