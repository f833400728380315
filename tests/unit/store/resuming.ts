// Clients that come back, on a stage or on the one after it: what the tests of kept sessions share.

import { decodeText, encodeText } from "../../../src/base/text.ts";
import { FrameType } from "../../../src/codec/frame.ts";
import { withRoute } from "../../../src/messaging/route_name.ts";
import { type Client, frame, handshake, ping } from "../server/client.ts";
import { Stage, type StageOptions } from "../server/stage.ts";
import { type Disk, memoryStore } from "./memory_store.ts";

/** What a client is told about its session. */
export interface Welcome {
  readonly session: string;
  readonly resume: { secret: string; windowMs: number; recovered: boolean; gap: boolean };
}

/** A stage whose sessions are kept on `disk`, with a route `echo`. */
export function stageOn(disk: Disk, options: StageOptions = {}, wallNow?: () => number): Stage {
  const routes: StageOptions["routes"] = (app) => {
    app.route("echo", (c) => c.bytes());
    options.routes?.(app);
  };
  return new Stage({ ...options, routes, store: memoryStore(disk, wallNow) });
}

/** A client past a handshake with the features `routes` and `resume`, and what it was told. */
export function open(stage: Stage, more: Record<string, unknown> = {}) {
  const client = stage.connect();
  client.send(handshake(JSON.stringify({ features: ["routes", "resume"], ...more })));
  stage.world.runUntil(() => client.frames.length > 0);
  const welcome = JSON.parse(decodeText(client.frames[0]!.payload)!) as Welcome;
  stage.settle();
  client.frames.shift();
  client.heard.shift();
  return { client, welcome };
}

/** The same for a client that continues its session. */
export function comeBack(stage: Stage, { session, resume: { secret } }: Welcome, received = 0) {
  return open(stage, { resume: { session, secret, received } });
}

export function lose(stage: Stage, client: Client): void {
  client.connection.terminate();
  stage.settle();
}

export function ask(id: number, route: string, body = ""): Uint8Array {
  return frame(FrameType.Request, id, withRoute(route, encodeText(body)));
}

/** Acknowledges every frame up to this number. */
export function ack(number: number): Uint8Array {
  const payload = new Uint8Array(8);
  new DataView(payload.buffer).setBigUint64(0, BigInt(number));
  return ping(0, payload);
}

/** Drains the server of `stage` to its end; what there was to say was said. */
export async function drain(stage: Stage): Promise<void> {
  const drained = stage.app.drain();
  stage.run(15_000);
  await drained;
  stage.checkEmpty();
}

/** Lets every promise that can settle do so. */
export function settled(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
