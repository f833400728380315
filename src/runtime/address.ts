// Peer addresses as people write them.

/** `host` without the prefix that marks an IPv4 address on an IPv6 socket (RFC 4291, section 2.5.5.2). */
export function plainHost(host: string): string {
  return host.startsWith("::ffff:") && host.includes(".") ? host.slice(7) : host;
}
