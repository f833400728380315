// A client whose connections break at any byte, with a scripted server that forgets nothing.

import { test } from "node:test";
import { Stage } from "./stage.ts";
import { cutAgainAndAgain, cutEverywhere, type Site } from "./talk.ts";

function makeSite(answerMs: number): Site {
  let made = 0;
  const stage = new Stage({
    answerMs,
    onRun: (session) => stage.peer.broadcastTo(session, `news ${++made}`),
  });
  const { world, transport, peer } = stage;
  const runs = () => peer.sessions.flatMap((session) => [...session.runs.values()]);
  return { world, transport, address: peer.address, runs };
}

for (const answerMs of [0, 15]) {
  test(`a client loses nothing wherever its connection breaks; answers take ${answerMs} ms`, () => {
    cutEverywhere(() => makeSite(answerMs));
  });
}

test("a client loses nothing although its connections break again and again", () => {
  cutAgainAndAgain(makeSite);
});
