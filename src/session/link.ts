// The way from a connection to its session. They part when a session outlives its connection.

import type { Frame } from "../codec/frame.ts";
import { isApplication } from "../codec/frame.ts";
import type { FrameSink } from "../codec/frame_reader.ts";
import type { ConnectionHandler, StreamEnd } from "../transport/transport.ts";
import { noteApplication } from "./deadlines.ts";
import { endByClose, endByFin } from "./ending.ts";
import { keepsRate, mayReadOn, read } from "./reading.ts";
import { receive } from "./receive.ts";
import type { Session } from "./session.ts";

/** What a connection tells, told to whoever has it now. */
export class Link implements ConnectionHandler, FrameSink {
  session: Session;

  constructor(session: Session) {
    this.session = session;
    session.link = this;
  }

  onData(chunk: Uint8Array): void {
    const { session, session: { owner } } = this;
    owner.enterTurn();
    try {
      session.heartbeat.heardAt = owner.now;
      session.bytesReceived += chunk.length;
      owner.counters.bytesReceived += chunk.length;
      if (session.isDeaf) session.closing?.discard(chunk.length);
      else read(this, chunk);
    } finally {
      owner.leaveTurn();
    }
  }

  onWritable(): void {
    const { session, session: { owner } } = this;
    owner.enterTurn();
    try {
      session.outbound.unblock();
      if (session.stalledSince > 0) session.stalledSince = owner.now;
      owner.touch(session);
    } finally {
      owner.leaveTurn();
    }
  }

  onEnd(): void {
    const { owner } = this.session;
    owner.enterTurn();
    try {
      endByFin(this.session);
    } finally {
      owner.leaveTurn();
    }
  }

  onClose(how: StreamEnd): void {
    const { owner } = this.session;
    owner.enterTurn();
    try {
      this.session.inbound.clear();
      this.session.outbound.clear();
      endByClose(this.session, how);
      // The session may wait for its client now; what is closed is whoever saw the connection off.
      this.session.work?.cancelAll();
      this.session.resumption?.clear();
      this.session.enter("closed");
      owner.socketClosed(this.session);
    } finally {
      owner.leaveTurn();
    }
  }

  onFrame(frame: Frame): boolean {
    const { session } = this;
    session.framesReceived++;
    session.owner.counters.framesReceived[frame.type]!++;
    if (isApplication(frame.type)) noteApplication(session);
    if (session.resumption?.noteFrame()) session.owner.waiting.changed(session);
    if (session.rate === null || keepsRate(session, session.rate, frame)) receive(session, frame);
    return mayReadOn(this.session);
  }
}
