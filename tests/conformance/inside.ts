// Brings about one call of a handler, so that cases can show what may be done inside it.

import type { Cases } from "./harness.ts";
import type { Script, Side } from "./side.ts";
import type { Listening, Stage } from "./stage.ts";

/** Everything that is called with a connection; `open` is accept or opened. */
export const CALLBACKS = ["open", "data", "writable", "end", "close"] as const;
export type Callback = typeof CALLBACKS[number];

export const ROLES = ["server", "client"] as const;
export type Role = typeof ROLES[number];

const MIB = 1024 * 1024;

/** The side that acted inside the callback, and its peer. */
export interface Acted {
  actor: Side;
  /** Undefined when it never came to be: its connection ended while it was made. */
  other: Side | undefined;
  /** Where the connection was accepted. */
  host: Listening;
}

/** Runs `act` inside the first such callback of one side of a connection; the other side just reads, and ends too. */
export async function actInside(
  stage: Stage,
  role: Role,
  callback: Callback,
  act: (side: Side) => void,
): Promise<Acted> {
  let actor: Side | undefined;
  const acting: Script = {
    [callback]: (side: Side) => {
      if (actor !== undefined) return;
      actor = side;
      act(side);
    },
  };
  if (callback === "close") acting.end = (side) => side.end();
  if (callback === "writable") acting.open = (side) => actor ?? side.send(32 * MIB);
  const polite: Script = {
    open: (side) => actor ?? provoke(callback, side),
    end: (side) => side.end(),
  };
  const host = stage.listen(role === "server" ? acting : polite);
  const dialed = stage.connect(host.listener.address, role === "client" ? acting : polite);
  await stage.until(`${callback} is called on the ${role}'s side`, () => actor !== undefined);
  const other = () => role === "client" ? host.accepted[0] : dialed.side;
  await stage.until(
    "the other side knows of its connection",
    () => other() !== undefined || dialed.error !== undefined,
  );
  return { actor: actor!, other: other(), host };
}

function provoke(callback: Callback, other: Side): void {
  if (callback === "data") other.send(1000);
  if (callback === "end") other.end();
  if (callback === "close") other.terminate();
}

/** One case for each callback on each side. */
export function insideEach(
  callbacks: readonly Callback[],
  claim: (callback: string) => string,
  run: (stage: Stage, role: Role, callback: Callback) => Promise<void>,
): Cases {
  const cases = ROLES.flatMap((role) =>
    callbacks.map((callback) => {
      const name = callback !== "open" ? `on ${callback}` : role === "server" ? "accept" : "opened";
      return [`${claim(name)} (${role})`, (stage: Stage) => run(stage, role, callback)] as const;
    })
  );
  return Object.fromEntries(cases);
}
