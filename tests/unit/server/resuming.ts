// Clients that come back to their sessions, for the tests of resume.

import { decodeText, encodeText } from "../../../src/base/text.ts";
import { FrameType } from "../../../src/codec/frame.ts";
import { withRoute } from "../../../src/messaging/route_name.ts";
import { type Client, frame, handshake, ping } from "./client.ts";
import { Stage, type StageOptions } from "./stage.ts";

/** What a client was told in its HandshakeAck. */
export interface Welcome {
  readonly session: string;
  readonly features: string[];
  readonly resume: { secret: string; windowMs: number; recovered: boolean; gap: boolean };
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

export function comeBack(stage: Stage, { session, resume: { secret } }: Welcome, received = 0) {
  return open(stage, { resume: { session, secret, received } });
}

export function lose(stage: Stage, client: Client) {
  client.connection.terminate();
  stage.settle();
}

export function ack(number: number): Uint8Array {
  const payload = new Uint8Array(8);
  new DataView(payload.buffer).setBigUint64(0, BigInt(number));
  return ping(0, payload);
}

export function ask(id: number, route: string, body = "") {
  return frame(FrameType.Request, id, withRoute(route, encodeText(body)));
}

export function stageWith(options: StageOptions = {}) {
  return new Stage({ routes: (app) => app.route("echo", (c) => c.bytes()), ...options });
}
