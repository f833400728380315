// Peer addresses, as the API shows them, read again.

/** The host of an address that `hostPort()` wrote. */
export function hostOf(address: string): string {
  return address.slice(0, address.lastIndexOf(":")).replace(/^\[(.*)\]$/, "$1");
}
