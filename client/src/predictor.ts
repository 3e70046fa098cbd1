import type { Descriptor } from "./descriptor.js";
import type { Moment } from "./history.js";
import type { SchemaTypes } from "./schema.js";
import type { Snapshot } from "./table.js";

/** What a predictor knows of its room. */
export interface Seat {
  readonly schema: Descriptor;
  readonly player: number;
  /** Ticks a second. */
  readonly rate: number;
  /** How much of the way from the last input to the next has passed at a time, 0 to 1. */
  phase(now: number): number;
}

/** How often a prediction was right. */
export interface PredictionStats {
  /** Confirmed ticks whose words were compared with those predicted. */
  readonly compared: number;
  /** Those that differed: something happened that the step does not know. */
  readonly wrong: number;
  /** Confirmed ticks that could not be compared: the server had no input for a tick, or one too many. */
  readonly shifted: number;
  /** What inputs have spawned here and then at the server, and what here alone: it was taken away again. */
  readonly spawned: number;
  readonly refused: number;
  /** How far the drawn entity is from the predicted one, as its errors fade; in units of the field that is off most. */
  readonly error: number;
  /** How far the fading of errors has moved the drawn entity in all, in units likewise. */
  readonly pushed: number;
}

/**
 * Draws a player's entity ahead of the server. `prediction` of `@rondo/client/prediction` makes one;
 * the room calls it. Times are in milliseconds.
 */
export interface Predictor<S extends SchemaTypes> {
  readonly stats: PredictionStats;
  /**
   * Begins in a room.
   *
   * @throws RondoError `refused` where the server's schema lacks what it needs
   */
  start(seat: Seat): void;
  /** An input was sent, or could not be: then seq is 0. */
  sent(seq: number, values: readonly number[], now: number): void;
  /** A state came, which has the inputs up to `applied`. */
  confirmed(snapshot: Snapshot, applied: number, now: number): void;
  /** Puts what is ahead of the server into what is drawn of a kind, which has its place in the schema. */
  draw(moment: Moment, kind: number, now: number): Moment;
  /** Never set: the place where the types hang. */
  readonly types?: S;
}
