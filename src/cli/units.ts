// Numbers as people read them: counts, bytes, spans of time, times of day. Exact ones are for `--json`.

const BYTE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `19900` as `19 900`. */
export function countText(count: number): string {
  return String(Math.floor(count)).replaceAll(/\B(?=(?:\d{3})+$)/g, " ");
}

/** `1153434` as `1.1 MiB`. */
export function bytesText(bytes: number): string {
  let amount = bytes;
  let unit = 0;
  while (amount >= 1024 && unit < BYTE_UNITS.length - 1) {
    amount /= 1024;
    unit++;
  }
  return `${shortened(amount)} ${BYTE_UNITS[unit]}`;
}

/** Milliseconds as `340 ms`, `12 s`, `2h 4m`, `3d 5h`: in two units at most. */
export function spanText(ms: number): string {
  if (ms < SECOND) return `${shortened(ms)} ms`;
  if (ms < MINUTE) return `${shortened(ms / SECOND)} s`;
  if (ms < HOUR) return two(ms, MINUTE, "m", SECOND, "s");
  return ms < DAY ? two(ms, HOUR, "h", MINUTE, "m") : two(ms, DAY, "d", HOUR, "h");
}

/** The time of day of an ISO 8601 time in UTC. */
export function timeText(iso: string): string {
  return iso.slice(11, 19);
}

/** Its day. */
export function dayText(iso: string): string {
  return iso.slice(0, 10);
}

// One digit behind the point while it says something.
function shortened(amount: number): string {
  return amount < 10 ? String(Math.round(amount * 10) / 10) : String(Math.round(amount));
}

function two(ms: number, large: number, largeUnit: string, small: number, smallUnit: string) {
  const rest = Math.floor((ms % large) / small);
  return `${Math.floor(ms / large)}${largeUnit}${rest === 0 ? "" : ` ${rest}${smallUnit}`}`;
}
