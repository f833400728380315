// Claims about bytes that arrive: all of them, in order, unchanged.

import { Prng } from "../../src/base/prng.ts";
import type { Cases } from "./harness.ts";
import type { Side } from "./side.ts";

const MIB = 1024 * 1024;

export const BYTES_CASES: Cases = {
  async "bytes arrive in order, both ways at once, whatever the sizes of writes"(stage) {
    const prng = new Prng(3);
    const { client, server } = await stage.pair();
    for (const side of [client, server]) {
      side.pieceBytes = () => prng.between(1, 2 ** prng.between(0, 18));
      side.frozen = () => prng.chance(0.5);
      side.send(4 * MIB);
    }
    await stage.until("both sides have everything", () => {
      return client.received === 4 * MIB && server.received === 4 * MIB;
    });
  },

  async "single bytes arrive in order"(stage) {
    const { client, server } = await stage.pair();
    for (const side of [client, server]) {
      side.pieceBytes = () => 1;
      side.send(5_000);
    }
    await stage.until("both sides have everything", () => {
      return client.received === 5_000 && server.received === 5_000;
    });
  },

  async "what accept and opened write arrives"(stage) {
    const open = (side: Side) => side.send(100_000);
    const { client, server } = await stage.pair({ client: { open }, server: { open } });
    await stage.until("both sides have everything", () => {
      return client.received === 100_000 && server.received === 100_000;
    });
  },

  async "what onData writes arrives"(stage) {
    let answered = 0;
    const answer = (side: Side) => {
      side.send(side.received - answered);
      answered = side.received;
    };
    const { client } = await stage.pair({ server: { data: answer } });
    client.send(2 * MIB);
    await stage.until("every byte is answered", () => client.received === 2 * MIB);
  },

  async "what onEnd writes arrives"(stage) {
    const end = (side: Side) => side.send(100_000);
    const { client } = await stage.pair({ server: { end } });
    client.end();
    await stage.until("the answer is there", () => client.received === 100_000);
  },

  async "many connections at once keep their bytes apart"(stage) {
    const { listener, accepted } = stage.listen();
    const lengths = Array.from({ length: 50 }, (_, i) => 10_000 + i);
    for (const length of lengths) {
      stage.connect(listener.address, { open: (side) => side.send(length) });
    }
    await stage.until("each length is received once", () => {
      return accepted.map((side) => side.received).sort().join() === lengths.join();
    });
  },
};
