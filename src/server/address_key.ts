// What counts as one address: an IPv4 address, or the /64 of an IPv6 one.

/** The key under which sessions from `host` are counted. One customer gets at least a /64 (RFC 6177). */
export function addressKey(host: string): string {
  if (!host.includes(":")) return host;
  const [head = "", tail] = host.split("::");
  const groups = head === "" ? [] : head.split(":");
  if (tail !== undefined) {
    // `::` stands for as many zero groups as are missing; those of the tail matter where it is long.
    const last = tail === "" ? [] : tail.split(":");
    while (groups.length + last.length < 8) groups.push("0");
    groups.push(...last);
  }
  return `${groups.slice(0, 4).map((group) => parseInt(group, 16).toString(16)).join(":")}::/64`;
}
