// The numbers that this client chose; those that the protocol sets are in protocol.ts. This module
// imports nothing, so bundlers write the numbers where the names stand.

/** Milliseconds from opening the WebSocket to the first state. */
export const TIMEOUT = 10_000;

/** Seconds that one poll for a ticket may wait on the server. */
export const POLL_SECONDS = 30;
/** Milliseconds between two polls, so that a server that answers at once is not asked in a tight loop. */
export const POLL_PAUSE = 250;

/** Milliseconds between two looks at how quiet a socket is. */
export const LOOK = 1_000;
/**
 * Looks without a message in between after which a socket is dead: a room sends one a second, and one
 * that was silent for 5 s is dead (RESUME-9). A socket whose messages come late, since the machine
 * slept or was busy, brings them before the next look.
 */
export const MOST_QUIET = 5;

/** Milliseconds of silence after which a frame is sent for its own sake; the server ends it at 10 s. */
export const HEARTBEAT = 5_000;
/** Milliseconds between two measurements of the round trip. */
export const ECHO_PERIOD = 1_000;
/** Milliseconds for which the shortest round trip counts. */
export const ROUND_TRIP_WINDOW = 10_000;
/** The share of a new round trip in the average, and of its distance from that (RFC 6298). */
export const MEAN_GAIN = 1 / 8;
export const JITTER_GAIN = 1 / 4;

/** Messages that wait for a loop at most. */
export const MOST_WAITING = 1024;

/** Seconds across which motion is drawn at most: in a longer gap nothing moved until its end. */
export const MAX_SPAN = 0.25;

// The render clock.

/**
 * How much slower and faster than time the clock may run to get where it should be. Late is worse
 * than behind: where states stay away it gives way at once, and comes nearer again at leisure.
 */
export const MAX_SLOWER = 0.1;
export const MAX_FASTER = 0.04;
/** Ticks in which the better part of the way to the mark is gone. */
export const REACH_TICKS = 10;
/** Milliseconds off the mark beyond which the clock jumps: the machine slept, say. */
export const JUMP = 500;

// The playout: how far drawing stays behind.

/** Milliseconds for which the fastest arrival counts, and about as long lateness is remembered. */
export const LATENESS_WINDOW = 10_000;
/** The share of states that may come too late to be drawn on time. */
export const LATE_SHARE = 0.02;
/** Milliseconds: where jitter is worse than this, drawing stutters rather than lags. */
export const MAX_DELAY = 400;
/** Milliseconds of lateness that are told apart. */
export const BUCKET = 4;
/**
 * Milliseconds: what comes later than this tells of a machine that slept or a link that broke, and so
 * does everything after it up to the first state that is on time again.
 */
export const BROKEN = 1_000;
/** Ticks by which states seem to be late before any came, and seconds' worth of such states. */
export const FIRST_LATENESS = 1;
export const FIRST_SECONDS = 1;
/** The share of a new state in the late fraction that is shown. */
export const SHOWN_GAIN = 1 / 128;

// The input clock.

/** How much faster or slower than the server's ticks inputs may follow each other. */
export const MAX_DILATION = 0.05;
/** Dilation per tick that is off. */
export const DILATION_GAIN = 0.1;
/** Ticks that the input which waits least should wait. */
export const RESERVE = 0.5;
/** Seconds for which an input that waited little tells how much reserve is needed. */
export const SLACK_WINDOW = 4;
