// IP addresses and networks (CIDR) as numbers: reading them, and whether one lies in the other. It resolves no names.

/** A network: the `length` leading bits of an address count. */
export interface Network {
  /** 32 for IPv4, 128 for IPv6. */
  readonly width: 32 | 128;
  readonly length: number;
  /** The bits that count, the others shifted out. */
  readonly prefix: bigint;
}

const OCTET = /^(?:0|[1-9]\d{0,2})$/;
const GROUP = /^[0-9a-f]{1,4}$/i;

/** Reads `10.0.0.0/8`, `fe80::/10`, or a lone address, which is a network of its own. Undefined where it is neither. */
export function parseNetwork(text: string): Network | undefined {
  const [host = "", length, ...rest] = text.split("/");
  const address = parseAddress(host);
  if (address === undefined || rest.length > 0) return undefined;
  const { width, value } = address;
  if (length === undefined) return { width, length: width, prefix: value };
  if (!/^\d{1,3}$/.test(length) || Number(length) > width) return undefined;
  return { width, length: Number(length), prefix: value >> BigInt(width - Number(length)) };
}

/** Whether the address `host` lies in `network`; an IPv4 address on an IPv6 socket counts as what it is. */
export function contains(network: Network, host: string): boolean {
  const address = parseAddress(host);
  return address?.width === network.width &&
    address.value >> BigInt(network.width - network.length) === network.prefix;
}

/** The network as people write it, with the bits that do not count at zero. */
export function formatNetwork({ width, length, prefix }: Network): string {
  const value = prefix << BigInt(width - length);
  const host = width === 32 ? formatIpv4(value) : formatIpv6(value);
  return length === width ? host : `${host}/${length}`;
}

/** An address as a number; undefined where `host` is none. */
export function parseAddress(host: string): { width: 32 | 128; value: bigint } | undefined {
  const mapped = /^::ffff:([\d.]+)$/i.exec(host)?.[1];
  const ipv4 = parseIpv4(mapped ?? host);
  if (ipv4 !== undefined) return { width: 32, value: ipv4 };
  const ipv6 = parseIpv6(host);
  return ipv6 === undefined ? undefined : { width: 128, value: ipv6 };
}

function parseIpv4(host: string): bigint | undefined {
  const octets = host.split(".");
  if (octets.length !== 4 || !octets.every((octet) => OCTET.test(octet) && Number(octet) < 256)) {
    return undefined;
  }
  return octets.reduce((value, octet) => value << 8n | BigInt(octet), 0n);
}

function parseIpv6(host: string): bigint | undefined {
  const halves = host.split("::");
  if (halves.length > 2 || !host.includes(":")) return undefined;
  const [head = [], tail] = halves.map((half) => half === "" ? [] : half.split(":"));
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...new Array<string>(missing).fill("0"), ...(tail ?? [])];
  if (!groups.every((group) => GROUP.test(group))) return undefined;
  return groups.reduce((value, group) => value << 16n | BigInt(`0x${group}`), 0n);
}

function formatIpv4(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String(value >> shift & 255n)).join(".");
}

// The longest run of zero groups becomes "::" (RFC 5952, section 4.2); the first one where two are as long.
function formatIpv6(value: bigint): string {
  const groups = Array.from(
    { length: 8 },
    (_, i) => (value >> BigInt(112 - 16 * i) & 0xffffn).toString(16),
  ).join(":");
  const runs = groups.match(/\b0(?::0)+\b/g) ?? [];
  const longest = runs.toSorted((a, b) => b.length - a.length)[0];
  if (longest === undefined) return groups;
  return groups.replace(new RegExp(`\\b${longest}\\b`), "").replace(/^$|^:(?!:)|(?<!:):$/, "::");
}
