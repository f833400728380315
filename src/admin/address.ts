// Peer addresses as the API shows them.

import type { Address } from "../transport/transport.ts";

/** `10.0.0.1:9000`, or `[::1]:9000`. */
export function addressOf({ host, port }: Address): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** The host of such an address. */
export function hostOf(address: string): string {
  return address.slice(0, address.lastIndexOf(":")).replace(/^\[(.*)\]$/, "$1");
}
