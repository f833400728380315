// The built-in routes `sys.*`: what a client asks about itself, its groups, and whom it may speak to.

import { hostPort } from "../base/host_port.ts";
import { decodeText } from "../base/text.ts";
import type { App } from "../messaging/app.ts";
import type { Sent } from "../messaging/audience.ts";
import type { RouteHandler } from "../messaging/compose.ts";
import type { Context } from "../messaging/context.ts";
import { isGroupName } from "../messaging/groups.ts";
import { BadPayload } from "../messaging/payload.ts";
import { GROUPS_PER_SESSION_MAX } from "../limits/messaging.ts";

/** Which of them are on. */
export interface SysOptions {
  readonly echo: boolean;
  readonly info: boolean;
  readonly join: boolean;
  /** A regular expression that the whole name of a group must match to be joined; empty: any name. */
  readonly joinPattern: string;
  readonly leave: boolean;
  readonly publish: boolean;
  readonly tell: boolean;
}

/** In no more groups: 3000 and the HTTP status for too many. */
const TOO_MANY_GROUPS = 3429;

/** Registers all of them; those that are off are refused as `route_forbidden`. */
export function sys(app: App, options: SysOptions): void {
  const mayJoin = joinRule(options.joinPattern);
  const handlers = {
    echo: (c) => c.bytes(),
    info: (c) => JSON.stringify(infoOf(c, app.node)),
    join: (c) => join(c, mayJoin),
    leave: (c) => void c.session.leave(c.text()),
    publish(c) {
      const { name, bytes } = addressed(c);
      if (!isGroupName(name)) throw new BadPayload("The name of the group is empty");
      return sentText(app.group(name).deliver(null, bytes));
    },
    tell(c) {
      const { name, bytes } = addressed(c);
      if (name === "") throw new BadPayload("The user id is empty");
      return sentText(app.user(name).deliver("", bytes));
    },
  } satisfies Record<string, RouteHandler>;
  for (const [name, handler] of Object.entries(handlers)) {
    app.route(`sys.${name}`, options[name as keyof typeof handlers] ? handler : forbidden);
  }
}

// Where there are other workers, what became of it there comes later.
function sentText(sent: Sent | Promise<Sent>): string | Promise<string> {
  return sent instanceof Promise ? sent.then(sentText) : JSON.stringify(sent);
}

function forbidden(c: Context): void {
  c.fail("route_forbidden", `The route "${c.route}" is off`);
}

function infoOf({ session }: Context, node: string) {
  return {
    id: session.id,
    user: session.user,
    client: session.client,
    address: hostPort(session.address),
    node,
    state: session.state,
    connectedAt: new Date(Date.now() - session.openForMs).toISOString(),
    groups: [...session.groups],
    tags: session.tags,
    rttMs: session.rttMs,
    heartbeatMs: session.heartbeatMs,
  };
}

function join(c: Context, mayJoin: (group: string) => boolean): void {
  const group = c.text();
  if (!isGroupName(group)) throw new BadPayload("The name of a group has 1 to 255 bytes");
  if (!mayJoin(group)) return c.fail("route_forbidden", "Groups of this name may not be joined");
  if (!c.session.join(group)) {
    c.fail(TOO_MANY_GROUPS, `A session is in at most ${GROUPS_PER_SESSION_MAX} groups`);
  }
}

// Compiled once. It sees names of at most 255 bytes, and no other text.
function joinRule(pattern: string): (group: string) => boolean {
  if (pattern === "") return () => true;
  const whole = new RegExp(`^(?:${pattern})$`, "u");
  return (group) => whole.test(group);
}

// `n | name | bytes`: what `sys.publish` and `sys.tell` begin with.
function addressed({ payload }: Context): { name: string; bytes: Uint8Array } {
  const end = 1 + (payload[0] ?? 0);
  const name = end <= payload.length ? decodeText(payload.subarray(1, end)) : undefined;
  if (name === undefined) {
    throw new BadPayload("The payload does not begin with a length and a name");
  }
  return { name, bytes: payload.subarray(end) };
}
