// A connection in a simulated world, for the tests of that world.

import type { World } from "../../../../src/runtime/sim/world.ts";
import type {
  Connection,
  ConnectionHandler,
  Transport,
} from "../../../../src/transport/transport.ts";

export const ANY = { host: "127.0.0.1", port: 0 };

/** A handler that does nothing but what is given. */
export function handler(does: Partial<ConnectionHandler> = {}): ConnectionHandler {
  return { onData() {}, onWritable() {}, onEnd() {}, onClose() {}, ...does };
}

/** A transport whose faults come out of the step that they happen in. */
export function loud(world: World): Transport {
  return world.transport((error) => {
    throw error;
  });
}

/** Both sides of a connection, opened. The listener is gone afterwards. */
export function pair(
  world: World,
  client: Partial<ConnectionHandler> = {},
  server: Partial<ConnectionHandler> = {},
): { client: Connection; server: Connection } {
  const transport = loud(world);
  const sides: { client?: Connection; server?: Connection } = {};
  const listener = transport.listen(ANY, (connection) => {
    sides.server = connection;
    return handler(server);
  });
  transport.connect(listener.address, (connection) => {
    sides.client = connection;
    return handler(client);
  }, (error) => {
    throw error;
  });
  world.runUntil(() => sides.client !== undefined && sides.server !== undefined);
  listener.close();
  return { client: sides.client!, server: sides.server! };
}
