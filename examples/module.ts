// A module: routes of your own inside of the server, without a service beside it. Run it with the environment variable
// TCP_SERVER_MODULE_PATH=examples/module.ts. The import is for types alone: leave it out, and no file of ours is needed.

import type { App } from "../src/messaging/app.ts";

export default (app: App): void => {
  app.use(async (c, next) => {
    const began = performance.now();
    const answer = await next();
    c.log.debug("took", { ms: performance.now() - began });
    return answer;
  });

  // A Request on `mine.double` is answered with its text twice.
  app.route("mine.double", (c) => c.text() + c.text());

  // Asks the client a question of its own before it answers.
  app.route("mine.ask", async (c) => {
    const answer = await c.session.request("question", "why?", { timeoutMs: 2000 });
    c.reply(answer);
  });

  app.on("connect", (session) => session.join("lobby"));
  app.on("disconnect", (session, { name }) => app.log.info("gone", { session: session.id, name }));
  app.route("mine.shout", (c) => JSON.stringify(app.group("lobby").broadcast(c.payload)));

  // With several workers each runs a copy of this file: what one of them learns it tells the others.
  let news = "nothing new";
  app.bus?.subscribe("mine.news", (bytes) => news = new TextDecoder().decode(bytes));
  app.route("mine.news", () => news);
  app.route("mine.publish", (c) => {
    news = c.text();
    app.bus?.publish("mine.news", c.bytes());
  });

  app.every(60_000, () => app.log.info("still here", { sessions: app.everyone.sessions().length }));
  app.onDrain(() => app.everyone.here.broadcast("Good bye"));
};
