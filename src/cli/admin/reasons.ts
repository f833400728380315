// What the names of codes mostly mean, for somebody who asks why at night. The protocol's own words are in codes.ts.

/** What to think of first, by the name of a code; those that explain themselves are not here. */
export const REASONS: Readonly<Record<string, string>> = {
  draining: "the server shut down, and told when to come back",
  kicked: "somebody ended it: the log says who",
  replaced: "the same user came again and sessions_per_user allows no more",
  transport_lost: "the connection broke, or the client closed it without a Disconnect",
  stale: "power or network gone without a word, or a client that answers no Pings",
  slow_consumer: "the client reads too slowly or not at all, or the path is too thin",
  over_budget: "the memory for queues was used up, and this session held most of it",
  handshake_timeout: "it never said who it is: a port scan, a probe, or a very slow path",
  frame_timeout: "it began a frame and did not finish it",
  frame_too_large: "another protocol on this port, or a frame over limits.frame_bytes_max",
  bad_length: "a fault of the client",
  unknown_type: "a fault of the client",
  bad_payload: "a fault of the client",
  bad_handshake: "a fault of the client",
  handshake_required: "a fault of the client: its first frame was no Handshake",
  unsupported_version: "the client is too old or too new for this server",
  server_full: "max_connections, or too many came at once for limits.accept_rate",
  too_many_from_address: "limits.connections_per_address",
  too_many_for_user: "limits.sessions_per_user",
  rate_limited: "it sent more than limits.frames_per_second or limits.bytes_per_second",
  unauthorized: "its credential is missing, wrong or too old",
  banned: "somebody banned this user or address",
  internal: "a fault of the server: the log line `fault` or `worker crashed` says what",
};
