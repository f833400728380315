// Whether the ports of a configuration can be had: found out by listening on each for a moment.

import type { KeyName } from "../../config/keys.ts";
import type { Values } from "../../config/values.ts";
import type { Host } from "../../transport/host.ts";
import type { Address, Transport } from "../../transport/transport.ts";
import type { Check } from "./checks.ts";

/** What listens where, by the names of the keys; `isOn` is what switches it on. */
const PORTS: readonly { name: string; isOn?: KeyName; host: KeyName; port: KeyName }[] = [
  { name: "port", host: "host", port: "port" },
  { name: "admin port", isOn: "admin.enabled", host: "admin.host", port: "admin.port" },
  { name: "metrics port", isOn: "enable_metrics", host: "metrics.host", port: "metrics_port" },
];

/** One check for each port that the configuration opens; one of any free port is always there. */
export function checkPorts(host: Pick<Host, "transport">, values: Values): Check[] {
  const transport = host.transport(() => {});
  return PORTS.flatMap(({ name, isOn, ...keys }) => {
    const at = { host: values.get(keys.host)?.value, port: values.get(keys.port)?.value };
    if (isOn !== undefined && values.get(isOn)?.value !== true) return [];
    if (at.port === 0) return [];
    const found = check(transport, name, at as Address);
    // The server starts without an admin API that nobody asked for.
    const isAsked = name !== "admin port" || values.get(keys.host)!.isSet ||
      values.get(keys.port)!.isSet;
    return found.status === "failed" && !isAsked ? [{ ...found, status: "warning" }] : [found];
  });
}

function check(transport: Transport, name: string, at: Address): Check {
  const where = `${at.host}:${at.port}`;
  try {
    transport.listen(at, (connection) => {
      connection.terminate();
      return { onData() {}, onWritable() {}, onEnd() {}, onClose() {} };
    }).close();
    return { name, status: "ok", text: `${where} is free`, cures: [] };
  } catch (error) {
    const { code, message } = (error as Error).cause as Error & { code?: string };
    // It may well be the server that is asked about.
    if (code === "EADDRINUSE") {
      return {
        name,
        status: "warning",
        text: `${where} is in use: by this server, if it runs, or by another program`,
        cures: [`who it is: ss -ltnp 'sport = :${at.port}'`],
      };
    }
    return {
      name,
      status: "failed",
      text: `${where} cannot be had: ${message}${code === undefined ? "" : ` (${code})`}`,
      cures: code === "EACCES"
        ? ["in the systemd unit: AmbientCapabilities=CAP_NET_BIND_SERVICE"]
        : [],
    };
  }
}
