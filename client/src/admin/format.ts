/** What is written where there is nothing to say. */
const NONE = "–";

const UNITS: readonly [seconds: number, unit: string][] = [
  [86_400, "d"],
  [3600, "h"],
  [60, "min"],
  [1, "s"],
];

/** A time of a second or more in its two largest units: 3 d 4 h. */
export function time(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const at = UNITS.findIndex(([size]) => whole >= size);
  if (at < 0) return "0 s";
  const [size, unit] = UNITS[at];
  const next = UNITS[at + 1];
  const rest = next === undefined ? 0 : Math.floor((whole % size) / next[0]);
  return `${Math.floor(whole / size)} ${unit}${rest > 0 ? ` ${rest} ${next[1]}` : ""}`;
}

/** A time below a second or so, with two digits that count: 0.12 ms. */
export function short(seconds: number | undefined): string {
  if (seconds === undefined) return NONE;
  if (seconds >= 1) return `${digits(seconds)} s`;
  return seconds < 0.001 ? `${digits(seconds * 1e6)} µs` : `${digits(seconds * 1e3)} ms`;
}

/** A number of things: 12,345. */
export function count(n: number): string {
  return Math.round(n).toLocaleString("en");
}

/** A number with two digits that count, or all that it has before the point. */
export function digits(n: number | undefined): string {
  if (n === undefined) return NONE;
  return Math.abs(n) >= 10 ? count(n) : `${Number(n.toPrecision(2))}`;
}

/** A number of bytes: 12 MB. */
export function bytes(n: number | undefined): string {
  if (n === undefined) return NONE;
  const units = ["B", "kB", "MB", "GB", "TB"];
  let at = 0;
  let rest = n;
  while (rest >= 1000 && at < units.length - 1) {
    rest /= 1000;
    at++;
  }
  return `${digits(rest)} ${units[at]}`;
}

/** A share from 0 to 1, no finer than a thousandth. */
export function percent(share: number): string {
  return `${digits(Math.round(share * 1000) / 10)} %`;
}
