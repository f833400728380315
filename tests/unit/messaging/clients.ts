// Clients that speak routes, for the tests of messaging.

import { encodeText } from "../../../src/base/text.ts";
import { FrameType } from "../../../src/codec/frame.ts";
import { withRoute } from "../../../src/messaging/route_name.ts";
import { type Client, frame } from "../server/client.ts";
import type { Stage } from "../server/stage.ts";

/** A client past a handshake with the feature `routes`, as `user`. */
export function openRouted(stage: Stage, user = ""): Client {
  return stage.open(JSON.stringify({ user, features: ["routes"] }));
}

/** A Request on a route. */
export function ask(id: number, route: string, body = ""): Uint8Array {
  return frame(FrameType.Request, id, withRoute(route, encodeText(body)));
}

/** A Notification on a route. */
export function tell(route: string, body = ""): Uint8Array {
  return frame(FrameType.Notification, 0, withRoute(route, encodeText(body)));
}

/** A Response to a Request of the server's. */
export function respond(id: number, body = ""): Uint8Array {
  return frame(FrameType.Response, id, body);
}

/** Lets everything be said that is on its way, and promises go on that nothing but a promise holds up. */
export async function settled(stage: Stage): Promise<void> {
  stage.settle();
  for (let i = 0; i < 20; i++) await null;
  stage.settle();
}

/** A promise, and how it ends. */
export function deferred<T = void>() {
  return Promise.withResolvers<T>();
}
