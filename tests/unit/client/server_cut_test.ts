// A client whose connections break at any byte, with the real server: nothing is lost, nothing runs or comes twice.

import { test } from "node:test";
import { decodeText, encodeText } from "../../../src/base/text.ts";
import { Stage } from "../server/stage.ts";
import { cutAgainAndAgain, cutEverywhere, type Site } from "./talk.ts";

function makeSite(answerMs: number): Site {
  const runs = new Map<string, number>();
  const stage = new Stage({
    routes: (app) =>
      app.endpoint("work.do", {
        request(session, { idHigh, idLow, payload }) {
          const text = decodeText(payload)!.replace("\x07work.do", "");
          runs.set(text, (runs.get(text) ?? 0) + 1);
          app.broadcast(`news ${runs.size}`);
          stage.world.clock.schedule(answerMs, () => {
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
  cutEverywhere(() => makeSite(15));
});

test("a client of the server loses nothing although its connections break again and again", () => {
  cutAgainAndAgain(makeSite);
});
