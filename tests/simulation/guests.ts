// Who comes and goes in a day of a server: each in its own manner, and all of them gone within half an hour.

import assert from "node:assert/strict";
import type { Client } from "../../src/client/client.ts";
import type { Feature } from "../../src/client/handshake.ts";
import type { Connection } from "../../src/transport/transport.ts";
import type { Day, Guest } from "./day.ts";

/** What somebody does between coming and going; `number` is like no other. */
type Manner = (day: Day, number: number) => Promise<void>;

/** Everybody who comes in an hour comes within so many minutes, and stays for a few. */
const ARRIVALS_MINUTES = 30;

/** They answer questions and hear what is told. */
export function opened(day: Day, user: string, features: Feature[]): Guest {
  const guest = day.connect({ user, features, client: "guest/1", tags: { of: user.slice(0, 2) } });
  guest.client.on("request", () => "yes");
  guest.client.on("broadcast", () => {});
  return guest;
}

async function isPlain(day: Day): Promise<void> {
  const { client } = opened(day, "", []);
  await client.request("", "hello");
  await day.minutes(1);
  await client.close();
}

async function chats(day: Day, number: number): Promise<void> {
  const { client } = opened(day, `u${number}`, ["routes"]);
  const room = `room ${number % 7} of ${Math.floor(number / 100)}`;
  await client.request("chat.join", JSON.stringify({ room }));
  await client.request("chat.say", JSON.stringify({ room, text: "hello" }));
  await client.join(`group of ${number}`);
  await client.publish(`group of ${number}`, "hello");
  await client.request("poll", `group of ${number}`);
  await day.minutes(2);
  await client.close();
}

async function vanishes(day: Day, number: number): Promise<void> {
  const guest = opened(day, `u${number}`, ["routes"]);
  await joins(guest.client, number);
  const lost = guest.client.request("late", "").catch(() => {});
  await day.minutes(0.01);
  guest.stream().reset();
  await guest.client.close();
  await lost;
}

async function comesBack(day: Day, number: number): Promise<void> {
  const guest = opened(day, `u${number}`, ["routes", "resume"]);
  await joins(guest.client, number);
  for (const way of ["reset", "cut"] as const) {
    const answer = guest.client.request("late", "still there?").catch(() => {});
    await day.minutes(0.01);
    guest.stream()[way]();
    await day.minutes(3);
    await answer;
    const { state } = guest.client;
    assert(state.state === "open" && state.recovered, `it is ${JSON.stringify(state)}`);
  }
  await guest.client.close();
}

async function staysAway(day: Day, number: number): Promise<void> {
  const guest = opened(day, `u${number}`, ["routes", "resume"]);
  await joins(guest.client, number);
  await guest.client.request("poll", `group of ${number}`);
  guest.stream().cut();
  await guest.client.close();
}

async function isKicked(day: Day, number: number): Promise<void> {
  const { client } = opened(day, `u${number}`, ["routes", "resume"]);
  await joins(client, number);
  const { state } = client;
  assert(state.state === "open");
  const kicks = day.nodes.map(({ stage }) =>
    stage.ask(`DELETE /api/v1/sessions/${state.session}`, { body: {} })
  );
  const statuses = (await Promise.all(kicks)).map(({ status }) => status);
  assert.equal(statuses.filter((status) => status === 200).length, 1, statuses.join());
  await day.minutes(1);
  assert.equal(client.state.state, "closed");
}

async function fails(day: Day, number: number): Promise<void> {
  const { client } = opened(day, `u${number}`, ["routes", "resume"]);
  for (const route of ["throw", "hang", "nowhere", "orders.new"]) {
    await client.request(route, "").catch(() => {});
  }
  const left = client.request("hang", "").catch(() => {});
  await day.minutes(0.01);
  await client.close();
  await left;
}

/** The third one of a user takes the place of the first. */
async function comesThrice(day: Day, number: number): Promise<void> {
  const guests: Guest[] = [];
  for (let i = 0; i < 3; i++) {
    guests.push(opened(day, `u${number}`, ["routes", "resume"]));
    await guests[i]!.client.ready();
  }
  await day.minutes(1);
  const states = guests.map(({ client }) => client.state.state);
  assert.equal(states.filter((state) => state === "closed").length, 1, states.join());
  await Promise.all(guests.map(({ client }) => client.close()));
}

/** It sends what is no frame; or nothing, and waits until it is sent away. */
function isNoClient(day: Day, number: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const opened = (connection: Connection) => {
      if (number % 2 === 0) connection.write(new Uint8Array(64), false);
      return {
        onData() {},
        onWritable() {},
        onEnd: () => connection.end(),
        onClose: () => resolve(),
      };
    };
    const { transport, address } = day.stage;
    transport.connect(address, opened, reject);
  });
}

const MANNERS: readonly Manner[] = [
  isPlain,
  chats,
  vanishes,
  comesBack,
  staysAway,
  isKicked,
  fails,
  comesThrice,
  isNoClient,
];

/** Guests of each manner, one after the other; resolves when the last one is gone. */
export async function visits(day: Day, hour: number, ofEachManner: number): Promise<void> {
  const count = ofEachManner * MANNERS.length;
  const stays: Promise<void>[] = [];
  for (let i = 0; i < count; i++) {
    stays.push(MANNERS[i % MANNERS.length]!(day, 10_000 * hour + i));
    await day.minutes(ARRIVALS_MINUTES / count);
  }
  await Promise.all(stays);
}

async function joins(client: Client, number: number): Promise<void> {
  await client.join(`group of ${number}`);
  await client.request("chat.join", JSON.stringify({ room: `room of ${number}` }));
  await client.request("keep", "something");
  await client.request("ask", "");
}
