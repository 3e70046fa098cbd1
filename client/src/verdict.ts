/**
 * What to do after a room closed: ask for a new ticket at once (`retry`), after
 * a growing pause (`backoff`), or not at all and tell the player (`never`).
 */
export type Verdict = "retry" | "backoff" | "never";

/** How a room ended. */
export interface CloseInfo {
  /** The WebSocket close code. */
  readonly code: number;
  /** Its name in PROTOCOL.md, "lost" where the network broke. */
  readonly name: string;
  readonly verdict: Verdict;
  /** What the server or this package said about it, for people. */
  readonly reason: string;
}

/** The close code of a client that leaves of its own accord. */
export const NORMAL = 1000;

/** The close code of an end that got bad bytes. */
export const BAD_MESSAGE = 4002;

const CODES: ReadonlyMap<number, readonly [string, Verdict]> = new Map([
  [NORMAL, ["normal", "never"]],
  [1001, ["going away", "retry"]],
  [1002, ["protocol error", "never"]],
  [1009, ["too big", "never"]],
  [4000, ["room over", "never"]],
  [4001, ["room failed", "retry"]],
  [BAD_MESSAGE, ["bad message", "never"]],
  [4003, ["too slow", "backoff"]],
  [4004, ["too fast", "backoff"]],
  [4005, ["silent", "retry"]],
  [4006, ["kicked", "never"]],
  [4007, ["room full", "retry"]],
  [4008, ["replaced", "never"]],
  [4009, ["cut", "retry"]],
]);

/** Looks a close code up in the table of CLOSE; a code that is not there means that the network broke. */
export function closeInfo(code: number, reason: string): CloseInfo {
  const [name, verdict] = CODES.get(code) ?? (["lost", "backoff"] as const);
  return { code, name, verdict, reason };
}

const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;

/**
 * Milliseconds to wait before the next ticket under `backoff`: 1 s, doubled
 * each time up to 30 s, of which the upper half is by chance.
 *
 * @param attempt how many tries failed in a row, from 1
 * @param random a number in [0, 1)
 */
export function backoff(attempt: number, random = Math.random()): number {
  const pause = Math.min(FIRST_PAUSE * 2 ** (attempt - 1), LONGEST_PAUSE);
  return (pause * (1 + random)) / 2;
}
