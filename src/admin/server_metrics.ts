// The metrics of the server: its counters and its live table, as Prometheus wants them. Nothing is counted here.

import { counter, type Family, gauge, histograms, labelled } from "./metric_family.ts";
import type { NodeContext } from "./context.ts";
import { byTypeName, sessionsByState } from "./node_report.ts";

/** Every metric of the server. */
export function serverMetrics(context: MetricsContext): Family[] {
  return [
    ...ofSessions(context),
    ...ofTraffic(context),
    ...ofLatencies(context),
    ...ofBounds(context),
  ];
}

/** What they are made of. */
export type MetricsContext = Pick<NodeContext, "server" | "vitals">;

function ofSessions({ server }: MetricsContext): Family[] {
  const { counters, policies } = server;
  return [
    labelled(
      "gauge",
      "tcp_server_connections",
      "Live sessions",
      "state",
      () => Object.entries(sessionsByState({ server })),
    ),
    gauge(
      "tcp_server_sessions_waiting",
      "Sessions that wait for their clients to come back",
      () => server.waiting.registry.size,
    ),
    labelled(
      "counter",
      "tcp_server_resume_total",
      "Sessions that were resumed, whose client did not come back in time, that an earlier process kept, and kept for the next",
      "result",
      () => [
        ["recovered", counters.resumed],
        ["expired", counters.closed.get("resume_expired,network") ?? 0],
        ["restored", counters.restored],
        ["kept", counters.kept],
      ],
    ),
    counter(
      "tcp_server_accepted_total",
      "Connections accepted, those included that were refused then",
      () => counters.accepted,
    ),
    counter(
      "tcp_server_probes_total",
      "Connections that ended without having sent a byte",
      () => counters.probes,
    ),
    labelled(
      "counter",
      "tcp_server_refused_total",
      "Connections refused at the door",
      "name",
      () => counters.refused,
    ),
    {
      name: "tcp_server_closed_total",
      help: "Sessions that ended",
      type: "counter",
      samples: () =>
        [...counters.closed].map(([key, value]) => {
          const [name = "", by = ""] = key.split(",");
          return { value, labels: { name, by } };
        }),
    },
    labelled(
      "counter",
      "tcp_server_limit_hits_total",
      "How often a limit was passed, enforced or observed",
      "name",
      () => counters.limitHits,
    ),
    labelled(
      "counter",
      "tcp_server_slow_actions_total",
      "What became of peers that did not keep up: sessions ended, or broadcasts dropped",
      "policy",
      () => {
        const { broadcastPolicy } = policies;
        const ended = ["disconnect", counters.closed.get("slow_consumer,server") ?? 0] as const;
        return broadcastPolicy === "disconnect"
          ? [ended]
          : [ended, [broadcastPolicy, counters.broadcastsDropped]];
      },
    ),
  ];
}

function ofTraffic({ server: { counters } }: MetricsContext): Family[] {
  return [
    labelled(
      "counter",
      "tcp_server_frames_received_total",
      "Frames received",
      "type",
      () => Object.entries(byTypeName(counters.framesReceived)),
    ),
    labelled(
      "counter",
      "tcp_server_frames_sent_total",
      "Frames sent",
      "type",
      () => Object.entries(byTypeName(counters.framesSent)),
    ),
    counter("tcp_server_bytes_received_total", "Bytes received", () => counters.bytesReceived),
    counter("tcp_server_bytes_sent_total", "Bytes sent", () => counters.bytesSent),
    labelled(
      "counter",
      "tcp_server_unexpected_frames_total",
      "Well-formed frames nobody expected from that side or in that state",
      "type",
      () => Object.entries(byTypeName(counters.framesUnexpected)),
    ),
    labelled("counter", "tcp_server_errors_total", "Errors sent", "name", () => counters.errors),
    labelled(
      "counter",
      "tcp_server_broadcast_deliveries_total",
      "Broadcasts given to sessions: queued, or to one that does not keep up",
      "result",
      () => Object.entries(counters.broadcasts),
    ),
    counter(
      "tcp_server_heartbeats_missed_total",
      "Pings that were answered late or not at all",
      () => counters.heartbeatsMissed,
    ),
  ];
}

function ofLatencies({ server: { counters: { latencies } }, vitals }: MetricsContext): Family[] {
  return [
    histograms(
      "tcp_server_request_seconds",
      "From a Request to its answer",
      "route",
      () => latencies.requests,
    ),
    histograms(
      "tcp_server_handshake_seconds",
      "From admission to the end of the handshake",
      "",
      () => [["", latencies.handshake]],
    ),
    histograms(
      "tcp_server_heartbeat_rtt_seconds",
      "From a Ping to its Pong",
      "",
      () => [["", latencies.heartbeat]],
    ),
    histograms(
      "tcp_server_backend_seconds",
      "Calls to the backend",
      "result",
      () => latencies.backend,
    ),
    gauge(
      "tcp_server_event_loop_lag_seconds",
      "The longest that a timer was late within the last 15 s",
      () => vitals.lagMs / 1000,
      "most",
    ),
  ];
}

function ofBounds({ server, vitals }: MetricsContext): Family[] {
  return [
    gauge(
      "tcp_server_outbound_bytes",
      "Bytes that wait to be sent or, for resumable sessions, to be acknowledged",
      () => server.held.outbound,
    ),
    gauge(
      "tcp_server_outbound_budget_bytes",
      "How many may wait before sessions end",
      () => vitals.outboundBudgetBytes,
    ),
    gauge(
      "tcp_server_connections_headroom",
      "How many more sessions fit",
      () => vitals.headroom,
      "least",
    ),
  ];
}
