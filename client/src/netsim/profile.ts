/** How one direction of a network treats messages. Times are in milliseconds, shares from 0 to 1. */
export interface Profile {
  /** What every message takes. */
  readonly delay: number;
  /** What a message takes on top of that: from 0 up to this, evenly. */
  readonly jitter: number;
  /** The share of messages that are lost one by one. */
  readonly loss: number;
  /** Loss that comes in bursts, on top of that. */
  readonly burst: Burst;
  /** Times in which nothing goes out. */
  readonly stall: Stall;
  /**
   * What a loss costs. The transport below a WebSocket sends again what is lost, and everything
   * behind it waits.
   */
  readonly resend: number;
  /** Nothing comes through: what is sent waits until this is false again. */
  readonly down: boolean;
}

/** The model of Gilbert (1960) and Elliott (1963): a link is good, and at times bad. */
export interface Burst {
  /** The chance that a message finds a good link turned bad. */
  readonly start: number;
  /** The chance that a message finds a bad link turned good. */
  readonly end: number;
  /** The share of messages that a bad link loses. */
  readonly loss: number;
}

/** Messages wait for the end of a stall, as when a radio looks for other cells. */
export interface Stall {
  /** The mean time from the end of one to the start of the next; 0 is never. */
  readonly every: number;
  /** The shortest and the longest; lengths lie evenly between. */
  readonly least: number;
  readonly most: number;
}

/** A network that adds nothing. */
export const PERFECT: Profile = {
  delay: 0,
  jitter: 0,
  loss: 0,
  burst: { start: 0, end: 1, loss: 0 },
  stall: { every: 0, least: 0, most: 0 },
  resend: 0,
  down: false,
};

/** Networks as people call them; a path has the same both ways. They are those of internal/netem. */
export const PROFILES = {
  perfect: PERFECT,
  /** A home's radio that others use as well, and a server in the same country. */
  wifi: {
    ...PERFECT,
    delay: 10,
    jitter: 25,
    loss: 0.001,
    burst: { start: 0.002, end: 0.3, loss: 0.5 },
    stall: { every: 900, least: 15, most: 90 },
    resend: 90,
  },
  /** A telephone on the move in a cell that is not empty. */
  mobile: {
    ...PERFECT,
    delay: 30,
    jitter: 45,
    loss: 0.002,
    burst: { start: 0.002, end: 0.25, loss: 0.6 },
    stall: { every: 700, least: 30, most: 160 },
    resend: 165,
  },
  /** A player far away: a round trip of 150 ms give or take 40, and 2 % lost each way. */
  bad: { ...PERFECT, delay: 55, jitter: 40, loss: 0.02, resend: 220 },
} as const satisfies Record<string, Profile>;
