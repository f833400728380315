// Whether the ports of a configuration can be had: found out by listening on each for a moment.

import type { KeyName } from "../config/keys.ts";
import type { Values } from "../config/values.ts";
import type { Host } from "../transport/host.ts";
import type { Address, Transport } from "../transport/transport.ts";
import type { Check } from "./doctor_checks.ts";

/** One check for each port that the configuration opens; one of any free port is always there. */
export function checkPorts(host: Pick<Host, "transport">, values: Values): Check[] {
  function get<Value>(name: KeyName): Value | undefined {
    return values.get(name)?.value as Value | undefined;
  }
  const ports: [string, string | undefined, number | undefined][] = [
    ["port", get("host"), get("port")],
  ];
  if (get("admin.enabled") === true) {
    ports.push(["admin port", get("admin.host"), get("admin.port")]);
  }
  if (get("enable_metrics") === true) {
    ports.push(["metrics port", get("metrics.host"), get("metrics_port")]);
  }
  const transport = host.transport(() => {});
  return ports.flatMap(([name, address, port]) =>
    address === undefined || port === undefined || port === 0
      ? []
      : [check(transport, name, { host: address, port })]
  );
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
