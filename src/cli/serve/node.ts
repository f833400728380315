// One node of the server, put together from the configuration: the whole server, or one of its workers.

import type { Config } from "../../config/config.ts";
import { chat } from "../../handlers/chat.ts";
import { echo } from "../../handlers/echo.ts";
import { Application, type AppOptions } from "../../messaging/application.ts";
import type { Log } from "../../observe/log.ts";
import type { Host } from "../../transport/host.ts";
import { VERSION } from "../build_info.ts";
import { describeError } from "../describe_error.ts";
import { openStore } from "./store.ts";

const FALLBACKS = { chat, echo, backend: undefined, none: undefined };

/** What differs between the whole server and a worker. */
export interface NodeOptions extends Pick<AppOptions, "bus" | "nodeId" | "seats"> {
  readonly log: Log;
  /** Bytes of memory it may use. */
  readonly memoryBytes: number;
  /** Whether it shares its port with other workers. */
  readonly isShared: boolean;
}

/**
 * Makes it; it has its routes but those of `addRoutes()`, and does not listen.
 *
 * @throws {StoreError} As a rejection: if sessions cannot be kept where they should be.
 */
export async function makeNode(
  host: Host,
  config: Config,
  { isShared, log, ...rest }: NodeOptions,
): Promise<Application> {
  const { handler, limits, policies, node } = config;
  const fallback = FALLBACKS[handler];
  const store = await openStore(config.resume);
  const transport = host.transport((error) =>
    log("error", "fault", { error: describeError(error) })
  );
  return new Application({
    ...rest,
    log,
    transport: {
      connect: transport.connect,
      listen: (at, accept) => transport.listen(at, accept, isShared),
    },
    clock: host.clock,
    randomBytes: host.randomBytes,
    digest: host.digest,
    limits,
    policies,
    ...(fallback === undefined ? {} : { fallback }),
    ...(store === undefined ? {} : { store }),
    node: node === "" ? host.hostName() : node,
    product: `tcp-server/${VERSION}`,
    config: { ...config },
  });
}
