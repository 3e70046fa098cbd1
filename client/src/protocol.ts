// The numbers of PROTOCOL.md that more than one line needs. This module imports nothing, so bundlers
// write the numbers where the names stand.

/** The version of the page that this package speaks. */
export const PROTOCOL = 1;

// SCHEMA-1. Field.x and Field.y count from 0, so a kind has at most 64 of them.
export const MAX_KINDS = 32;
export const MAX_FIELDS = 64;
export const MAX_INPUT_FIELDS = 8;
export const MAX_MESSAGES = 64;
export const MAX_MESSAGE_FIELDS = 64;
/** How many entities a snapshot may hold. */
export const MAX_ENTITIES = 65_535;

/** Ticks a second (JOIN-5). */
export const MAX_RATE = 240;
/** Of a field that follows a heading, in 1/256 word (SCHEMA-4). */
export const MAX_SPEED = 2 ** 24;
/** The numerator of one in Field.min and Field.step (SCHEMA-2). */
export const SCALE = 1_000_000;

// The parts of a frame (FRAME), and what a message may be at most.
export const ACK = 0x01;
export const ECHO = 0x02;
export const MESSAGES = 0x04;
export const STATE = 0x08;
export const PRIVATE = 0x10;
export const MAX_KIND = 63;
export const MAX_LENGTH = 1024;

// The flags of a state (STATE), and the age of a baseline in ticks.
export const FULL = 1;
export const BASE = 2;
export const CHECK = 4;
export const MAX_AGE = 4096;

// The ways to guess a word (PREDICT-1).
export const HOLD = 0;
export const LINEAR = 1;
export const HEADING = 2;
/** A word in the unit of ways (PREDICT-5). */
export const WORD = 2 ** 23;

/** The parts of a tick in which slack is told (FRAME). */
export const SLACK_UNITS = 16;
/** The parts of a tick in which the player's view is told (INPUT-5). */
export const VIEW_UNITS = 256;

/** Bytes of a secret (RESUME-1): 43 digits in base64 and one of padding. */
export const SECRET = 32;
/** How many inputs are kept that the server has not acknowledged (RESUME-7). */
export const MAX_KEPT = 32;
/** How far back the low bits of an acknowledgement reach, for who knows of none (RESUME-7). */
export const ACK_REACH = 32_768;

// Close codes (CLOSE).
export const NORMAL = 1000;
/** Of an end that got bad bytes. */
export const BAD_MESSAGE = 4002;
/** Of a connection that ended without a goodbye. */
export const CUT = 4009;
