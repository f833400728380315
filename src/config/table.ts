// The table of all keys of the configuration, in the order in which they are shown. It reads and checks nothing.
// To build a key: give its range to BOUNDS and make its row `limit(...)`, or make `notBuilt` `built` and put its value
// into `Config`; then take the comment sign off its line in config.example.toml.

import { BACKEND_EVENTS } from "../limits/handlers.ts";
import { WORKERS_MAX } from "../limits/workers.ts";
import { LOG_LEVELS } from "../observe/log.ts";
import {
  BROADCAST_POLICIES,
  DEFAULT_POLICIES,
  LIMITS_MODES,
  USER_POLICIES,
} from "../limits/policies.ts";
import { built, type Key, limit, notBuilt } from "./key.ts";
import type { Kind } from "./kinds.ts";
import {
  boolean,
  choice,
  countOrAuto,
  duration,
  httpUrl,
  integer,
  list,
  listOf,
  optional,
  pattern,
  share,
  size,
  text,
} from "./kinds.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const PORT_MAX = 65_535;
const COUNT_MAX = 1_000_000;

// 253 characters are the longest name of DNS.
const HOST = /^[^\s\p{C}]{1,253}$/u;
const NODE = /^[^\p{C}]{0,253}$/u;

const HANDLERS = ["echo", "chat", "backend", "none"] as const;
const LOG_FORMATS = ["pretty", "json"] as const;

/** Every key, by its dotted name. */
export const KEYS = {
  "host": built(hostName("0.0.0.0"), "Address to listen on"),
  "port": built(port(9000), "Port to listen on; 0 takes any free one"),
  "max_connections": limit("maxConnections", integer, "Sessions at once"),
  "heartbeat_interval": limit(
    "heartbeatIntervalMs",
    duration,
    "Silence after which the server sends a Ping",
  ),
  "session_timeout": limit("sessionTimeoutMs", duration, "Silence after which a session is stale"),
  "enable_metrics": built(boolean(false), "Serve metrics for Prometheus"),
  "metrics_port": built(port(9100), "Port of the metrics"),
  "handler": built(choice(HANDLERS, "echo"), "What the default route does"),
  "workers": built(
    countOrAuto({ default: 1, min: 1, max: WORKERS_MAX }),
    'Threads that serve sessions; "auto": one for each core',
  ),
  "node": built(
    text("", "at most 253 characters, none of them a control character", NODE),
    "Name of this node; empty: the host's name",
  ),

  "handshake.required": built(
    boolean(DEFAULT_POLICIES.handshakeRequired),
    "Whether the first frame must be a Handshake",
  ),
  "handshake.timeout": limit(
    "handshakeTimeoutMs",
    duration,
    "Time from accept to a complete Handshake",
  ),
  "handshake.frame_bytes_max": limit(
    "handshakeFrameBytesMax",
    size,
    "The longest frame before the handshake is done",
  ),

  "heartbeat.adaptive": built(
    boolean(DEFAULT_POLICIES.heartbeatAdaptive),
    "Whether the interval of a stable session grows",
  ),
  "heartbeat.interval_min": limit(
    "heartbeatIntervalMinMs",
    duration,
    "The shortest interval a client may ask for",
  ),
  "heartbeat.interval_max": limit(
    "heartbeatIntervalMaxMs",
    duration,
    "The longest interval, asked for or grown",
  ),
  "heartbeat.idle_after": limit(
    "idleAfterMs",
    duration,
    "An Active session without application frames for this long is Idle",
  ),

  "limits.frame_bytes_max": limit("frameBytesMax", size, "The longest frame after the handshake"),
  "limits.accept_rate": limit("acceptRate", integer, "New sessions per second; 0 is off"),
  "limits.frame_timeout": limit(
    "frameTimeoutMs",
    duration,
    "A frame that has begun must be complete by then",
  ),
  "limits.connections_per_address": limit(
    "connectionsPerAddress",
    integer,
    "Sessions from one address; 0 is off",
  ),
  "limits.limits_mode": built(
    choice(LIMITS_MODES, DEFAULT_POLICIES.limitsMode),
    "Enforce the limits per address, user and rate, or count and log who would be hit",
  ),
  "limits.sessions_per_user": limit(
    "sessionsPerUser",
    integer,
    "Sessions of one user at once; 0 is off",
  ),
  "limits.sessions_per_user_policy": built(
    choice(USER_POLICIES, DEFAULT_POLICIES.sessionsPerUserPolicy),
    "What happens to one session too many of a user",
  ),
  "limits.requests_in_flight": limit(
    "requestsInFlight",
    integer,
    "Requests of one session that run at once",
  ),
  "limits.request_timeout": limit(
    "requestTimeoutMs",
    duration,
    "How long a peer that has ended its side may wait for answers",
  ),
  "limits.frames_per_second": limit(
    "framesPerSecond",
    integer,
    "Frames of one session per second; 0 is off",
  ),
  "limits.bytes_per_second": limit(
    "bytesPerSecond",
    size,
    "Bytes of one session per second; 0 is off",
  ),
  "limits.inbound_bytes_budget": limit(
    "inboundBudgetPercent",
    share,
    "Incomplete frames of all sessions together",
  ),

  "outbound.bytes_high": limit(
    "outboundBytesHigh",
    size,
    "Queued bytes over which reading from whoever feeds them pauses",
  ),
  "outbound.bytes_max": limit(
    "outboundBytesMax",
    size,
    "Queued bytes behind the frame being sent over which a peer is a slow consumer",
  ),
  "outbound.stall_timeout": limit(
    "stallTimeoutMs",
    duration,
    "A peer that takes no byte for this long, while some wait, is a slow consumer",
  ),
  "outbound.bytes_budget": limit(
    "outboundBudgetPercent",
    share,
    "Queued bytes of all sessions together",
  ),
  "outbound.broadcast_policy": built(
    choice(BROADCAST_POLICIES, DEFAULT_POLICIES.broadcastPolicy),
    "What a broadcast to a slow session does",
  ),

  "resume.window": limit(
    "resumeWindowMs",
    duration,
    "How long a lost session waits for its client",
  ),
  "resume.frames_max": limit("resumeFramesMax", integer, "Frames kept for one resumable session"),
  "resume.bytes_max": limit("resumeBytesMax", size, "Bytes kept for one resumable session"),
  "resume.sessions_max": limit(
    "resumeSessionsMax",
    integer,
    "Sessions that wait at once; 0: no session is resumable",
  ),
  "resume.store": built(
    choice(["memory", "sqlite"], "memory", ["nats"]),
    "Where resumable sessions are kept",
  ),
  "resume.path": built(path("tcp-server.db"), "The file of the sqlite store"),

  "drain.grace": limit(
    "drainGraceMs",
    duration,
    "How long running requests may finish once the server drains",
  ),
  "drain.spread": limit(
    "drainSpreadMs",
    duration,
    "Time over which a draining server tells its clients to come back",
  ),

  "admin.enabled": built(boolean(true), "The admin API"),
  "admin.host": built(hostName("127.0.0.1"), "Address of the admin API"),
  "admin.port": built(port(9101), "Port of the admin API"),
  "admin.token_file": built(path("admin.token"), "The file of the admin API's token"),

  "metrics.host": built(hostName("0.0.0.0"), "Address of the metrics"),

  "sys.echo": built(boolean(true), "The built-in route sys.echo"),
  "sys.info": built(boolean(true), "The built-in route sys.info"),
  "sys.leave": built(boolean(true), "The built-in route sys.leave"),
  "sys.join": built(boolean(false), "The built-in route sys.join"),
  "sys.join_pattern": built(pattern(), "What the name of a group must match; empty: any name"),
  "sys.publish": built(boolean(false), "The built-in route sys.publish"),
  "sys.tell": built(boolean(false), "The built-in route sys.tell"),

  "auth.mode": notBuilt(choice(["none", "token", "jwt"], "none"), "How clients prove who they are"),
  "auth.tokens_file": notBuilt(path(""), "The tokens and their users"),
  "auth.jwt_key_file": notBuilt(path(""), "A public key, or a JWK set"),
  "auth.jwt_issuer": notBuilt(text("", "a string"), "The issuer that a JWT must name"),
  "auth.jwt_audience": notBuilt(text("", "a string"), "The audience that a JWT must name"),

  "tls.cert": notBuilt(path(""), "The certificate chain, in PEM"),
  "tls.key": notBuilt(path(""), "The certificate's private key, in PEM"),
  "tls.client_ca": notBuilt(path(""), "Who signs the certificates of clients; set: mutual TLS"),

  "proxy_protocol.mode": notBuilt(
    choice(["off", "required"], "off"),
    "Whether connections begin with a PROXY header",
  ),
  "proxy_protocol.trusted": notBuilt(list(), "Networks (CIDR) whose PROXY header is believed"),

  "backend.url": built(httpUrl(), "Where routes without a handler are sent"),
  "backend.timeout": built(
    duration({ default: SECOND, min: 10, max: HOUR }),
    "How long the backend may take to answer",
  ),
  "backend.concurrency": built(count(256, 1), "Calls to the backend at once"),
  "backend.events": built(listOf(BACKEND_EVENTS), "Events the backend hears of"),

  "module.path": built(path(""), "A .ts or .js file that registers routes"),

  "cluster.nats": notBuilt(list(), "URLs of the NATS servers that connect the nodes"),
  "cluster.name": notBuilt(text("tcp-server", "a string"), "Name of the cluster"),

  "log.level": built(choice(LOG_LEVELS, "info"), "The least important log lines that are written"),
  "log.format": built(
    optional(choice(LOG_FORMATS, "pretty"), "pretty on a terminal, json otherwise"),
    "How log lines are written",
  ),
} satisfies Record<string, Key>;

function port(byDefault: number): Kind<number> {
  return integer({ default: byDefault, min: 0, max: PORT_MAX });
}

function count(byDefault: number, min = 0): Kind<number> {
  return integer({ default: byDefault, min, max: COUNT_MAX });
}

function hostName(byDefault: string): Kind<string> {
  return text(byDefault, "an address or a host name", HOST);
}

function path(byDefault: string): Kind<string> {
  return text(byDefault, "the path of a file");
}
