// Numbers, sizes and times as people read them.

const NARROW_SPACE = "\u202f";

/** `10 000`; small fractions keep one digit. */
export function number(value) {
  const rounded = value > 0 && value < 10 ? Math.round(10 * value) / 10 : Math.round(value);
  return rounded.toLocaleString("en").replaceAll(",", NARROW_SPACE);
}

/** `1.4 MiB` */
export function bytes(value) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024;
  const digits = unit > 0 && value < 10 ? 1 : 0;
  return `${value.toFixed(digits)} ${units[unit]}`;
}

/** `0.25 ms`, `12 s`, `4 m 10 s`, `3 h 5 m`, `12 d 4 h`; null is a dash. */
export function duration(ms) {
  if (ms === null) return "–";
  if (ms < 1) return ms === 0 ? "0 ms" : `${Number(ms.toPrecision(2))} ms`;
  if (ms < 1000) return `${ms < 10 ? Math.round(10 * ms) / 10 : Math.round(ms)} ms`;
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return seconds < 10 ? `${Math.floor(ms / 100) / 10} s` : `${seconds} s`;
  const [large, small, names] = seconds < 3600
    ? [seconds / 60, seconds % 60, "ms"]
    : seconds < 86_400
    ? [seconds / 3600, seconds / 60 % 60, "hm"]
    : [seconds / 86_400, seconds / 3600 % 24, "dh"];
  return `${Math.floor(large)} ${names[0]} ${Math.floor(small)} ${names[1]}`;
}

/** How long ago it was. */
export function age(iso) {
  const ms = Math.max(0, Date.now() - Date.parse(iso));
  return ms < 1000 ? "now" : duration(1000 * Math.floor(ms / 1000));
}

/** `now`, or `4 m 10 s ago`. */
export function ago(iso) {
  const text = age(iso);
  return text === "now" ? text : `${text} ago`;
}

/** The time of day, with the date where that is another. */
export function clockTime(iso) {
  const at = new Date(iso);
  const two = (value) => String(value).padStart(2, "0");
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  if (at.toDateString() === new Date().toDateString()) return time;
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${time}`;
}

/** `1 session`, `2 sessions` */
export function several(count, noun) {
  return `${number(count)} ${noun}${count === 1 ? "" : "s"}`;
}
