import { BAD_MESSAGE, CUT, NORMAL } from "./protocol.js";
/**
 * What to do after a room closed: ask for a new ticket at once (`retry`), after
 * a growing pause (`backoff`), or not at all and tell the player (`never`).
 */
export type Verdict = "retry" | "backoff" | "never";

/** How a room ended. */
export interface CloseInfo {
  /** The WebSocket close code, by the table of CLOSE in PROTOCOL.md; another one where the network broke. */
  readonly code: number;
  readonly verdict: Verdict;
  /** What the server or this package said about it, for people. */
  readonly reason: string;
}

const NEVER = [NORMAL, 1002, 1009, 4000, BAD_MESSAGE, 4006, 4008];
const RETRY = [1001, 4001, 4005, 4007, CUT];

/** Looks a close code up in the table of CLOSE; a code that is not there means that the network broke. */
export function closeInfo(code: number, reason = ""): CloseInfo {
  const verdict = NEVER.includes(code) ? "never" : RETRY.includes(code) ? "retry" : "backoff";
  return { code, verdict, reason };
}

/** What ends a connection and not the session (RESUME-2); 1006 is a socket's word for an end without a close frame. */
const CUTS = [1006, 4003, 4005, CUT];

/** Whether the seat is kept after a connection ended like this. */
export function isCut({ code }: CloseInfo): boolean {
  return CUTS.includes(code);
}

/**
 * Milliseconds to wait before the next ticket under `backoff`: 1 s, doubled
 * each time up to 30 s, of which the upper half is by chance.
 *
 * @param attempt how many tries failed in a row, from 1
 * @param random a number in [0, 1)
 */
export function backoff(attempt: number, random = Math.random()): number {
  return grown(1_000, attempt, 30_000, random);
}

/**
 * Milliseconds to wait before the next attempt to resume (RESUME-10): up to 0.25 s before the first,
 * then 0.5 s, doubled each time up to 5 s, of which the upper half is by chance.
 *
 * @param failed how many attempts failed since the cut
 * @param random a number in [0, 1)
 */
export function resumePause(failed: number, random: number): number {
  return failed === 0 ? 250 * random : grown(500, failed, 5_000, random);
}

function grown(first: number, times: number, longest: number, random: number): number {
  return (Math.min(first * 2 ** (times - 1), longest) * (1 + random)) / 2;
}
