// The log lines of a session's life, with the same fields for everyone who reads them.

import { hostPort } from "../base/host_port.ts";
import type { CodeName } from "../codec/codes.ts";
import type { Log } from "../observe/log.ts";
import type { Ending } from "../session/ending.ts";
import type { Session } from "../session/session.ts";
import type { Watcher } from "./events.ts";

/** Writes a line for each event of a server. */
export function logEvents(log: Log): Watcher {
  return (event) => {
    const { session } = event;
    switch (event.type) {
      case "connected":
        return logOpened(log, session, "session opened");
      case "resumed":
        return logOpened(log, session, "session resumed");
      case "moved":
        return log("info", "session moved", { session: session.id });
      case "waiting":
        return logWaiting(log, session, event.ending);
      case "ended":
        return logEnded(log, session);
      case "slow":
        return logSlow(log, session, event.framesDropped);
      case "limit":
        return logLimit(log, session, event.name);
    }
  };
}

function logOpened(
  log: Log,
  session: Session,
  event: "session opened" | "session resumed",
): void {
  log("info", event, {
    session: session.id,
    address: hostPort(session.peer),
    ...(session.user === "" ? {} : { user: session.user }),
    ...(session.client === "" ? {} : { client: session.client }),
  });
}

function logLimit(log: Log, session: Session, name: CodeName): void {
  log("warning", "limit", {
    session: session.id,
    address: hostPort(session.peer),
    ...(session.user === "" ? {} : { user: session.user }),
    name,
    mode: session.owner.policies.limitsMode,
  });
}

function logSlow(log: Log, session: Session, framesDropped: number): void {
  log("warning", "slow", {
    session: session.id,
    address: hostPort(session.peer),
    ...(session.user === "" ? {} : { user: session.user }),
    policy: session.owner.policies.broadcastPolicy,
    framesDropped,
    queuedBytes: session.outbound.bytes,
  });
}

function logWaiting(log: Log, session: Session, { name, by, message }: Ending): void {
  log("info", "session waiting", {
    session: session.id,
    ...(session.user === "" ? {} : { user: session.user }),
    name,
    by,
    ...(message === "" ? {} : { message }),
    windowMs: session.owner.limits.resumeWindowMs,
  });
}

// A refused one says so; one that never sent a byte is a load balancer looking whether we are there, and not worth a line.
function logEnded(log: Log, session: Session): void {
  const { name, by, message } = session.ending!;
  const refused = name === "server_full" || name === "too_many_from_address";
  const event = refused ? "refused" : "session ended";
  const isProbe = session.bytesReceived === 0 && name === "transport_lost";
  log(isProbe ? "debug" : "info", event, {
    session: session.id,
    address: hostPort(session.peer),
    ...(session.user === "" ? {} : { user: session.user }),
    name,
    by,
    ...(message === "" ? {} : { message }),
    durationMs: Math.round(session.owner.now - session.createdAt),
    framesReceived: session.framesReceived,
    framesSent: session.framesSent,
    bytesReceived: session.bytesReceived,
    bytesSent: session.outbound.bytesSent,
  });
}
