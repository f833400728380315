// The live sessions: a filter, the list, and the way to a Broadcast.

import { byId, make } from "./dom.js";
import { age, bytes, duration, number } from "./format.js";
import { makeFilter } from "./filter.js";
import { makeList } from "./list.js";

const FIELDS = [
  { name: "user", label: "User", hint: "whole name" },
  { name: "group", label: "Group", hint: "whole name" },
  { name: "tag", label: "Tag", hint: "region=eu" },
  { name: "address", label: "Address", hint: "10.0.0.0/8", size: 12 },
  { name: "client", label: "Client", hint: "app or app/1.2", size: 12 },
  { name: "state", label: "State", choices: ["connecting", "active", "idle", "waiting"] },
  { name: "idle_over", label: "Quiet for over", hint: "5m", size: 6 },
  { name: "rtt_over", label: "RTT over", hint: "200ms", size: 6 },
  { name: "queued_over", label: "Bytes waiting over", hint: "65536", size: 7 },
];

const COLUMNS = [
  { title: "User", text: ({ user }) => user || "(none)" },
  { title: "Client", kind: "second", text: ({ client }) => client },
  { title: "Address", kind: "third", text: ({ address }) => address },
  { title: "State", text: ({ state }) => state },
  {
    title: "Connected",
    sort: "createdAt",
    kind: "numeric second",
    text: ({ createdAt }) => age(createdAt),
  },
  {
    title: "Last frame",
    sort: "lastActivityAt",
    kind: "numeric third",
    hint: "The last one of the application: a heartbeat is none",
    text: ({ lastActivityAt }) => age(lastActivityAt),
  },
  { title: "RTT", sort: "rttMs", kind: "numeric", text: ({ rttMs }) => duration(rttMs) },
  {
    title: "Frames in",
    sort: "framesReceived",
    kind: "numeric third",
    text: ({ framesReceived }) => number(framesReceived),
  },
  {
    title: "out",
    sort: "framesSent",
    kind: "numeric third",
    text: ({ framesSent }) => number(framesSent),
  },
  {
    title: "Bytes in",
    sort: "bytesReceived",
    kind: "numeric third",
    text: ({ bytesReceived }) => bytes(bytesReceived),
  },
  {
    title: "out",
    sort: "bytesSent",
    kind: "numeric third",
    text: ({ bytesSent }) => bytes(bytesSent),
  },
  {
    title: "Waiting",
    sort: "queuedBytes",
    kind: "numeric second",
    hint: "Bytes that wait to be sent to it",
    text: ({ queuedBytes }) => bytes(queuedBytes),
  },
  {
    title: "Groups and tags",
    kind: "third cut",
    text: ({ groups, tags }) =>
      [...groups, ...Object.entries(tags).map(([name, value]) => `${name}=${value}`)].join(" "),
  },
];

/** Puts them onto the page. */
export function makeSessions({ remember, openBroadcast }) {
  const list = makeList({
    path: "/api/v1/sessions",
    caption: "Live sessions",
    noun: "session",
    columns: COLUMNS,
    sort: "-createdAt",
    idOf: ({ id }) => id,
    open: { address: ({ id }) => `#sessions/session/${encodeURIComponent(id)}`, remember },
  });
  const filter = makeFilter("Sessions", FIELDS, list.setFilter);
  const broadcast = make(
    "button",
    { type: "button", class: "primary", click: () => openBroadcast(filter.value()) },
    "Broadcast…",
  );
  byId("view-sessions").append(
    make("div", { class: "toolbar" }, filter.node, broadcast),
    list.node,
  );
  return { refresh: list.refresh };
}
