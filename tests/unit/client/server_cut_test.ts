// A client whose connections break at any byte, with the real server: nothing is lost, nothing runs or comes twice.

import { test } from "node:test";
import { decodeText, encodeText } from "../../../src/base/text.ts";
import { Stage } from "../server/stage.ts";
import { cutEverywhere, type Site } from "./talk.ts";

/** Long enough for a connection to break while a request runs. */
const ANSWER_MS = 15;

function makeSite(): Site {
  const runs = new Map<string, number>();
  const stage = new Stage({
    routes: (app) =>
      app.endpoint("work.do", {
        request(session, { idHigh, idLow, payload }) {
          const text = decodeText(payload)!.replace("\x07work.do", "");
          runs.set(text, (runs.get(text) ?? 0) + 1);
          app.broadcast(`news ${runs.size}`);
          stage.world.clock.schedule(ANSWER_MS, () => {
            session.answer(idHigh, idLow, encodeText(`re: ${text}`));
          });
        },
        notification() {},
      }),
  });
  const { world, transport, address } = stage;
  return { world, transport, address, runs: () => [...runs.values()] };
}

test("a client of the server loses nothing wherever its connection breaks", () => {
  cutEverywhere(makeSite);
});
