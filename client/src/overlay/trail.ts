import type { RoomStats } from "../room.js";

/** What the graph shows of one moment. */
export interface Point {
  /** Milliseconds. */
  readonly rtt: number;
  readonly delay: number;
  /** Ticks between the newest state and the drawn one; below 0 there was nothing to draw. */
  readonly ahead: number;
  /** Whether the prediction was corrected since the point before. */
  readonly corrected: boolean;
}

/** Points that fit into the graph. */
export const POINTS = 120;

/** The newest points, oldest first. */
export class Trail {
  readonly points: Point[] = [];
  #corrections = 0;

  /** Adds the figures of a moment. */
  add({ rtt, delay, tick, viewTick, prediction }: RoomStats): void {
    const corrections = (prediction?.wrong ?? 0) + (prediction?.shifted ?? 0);
    this.points.push({
      rtt: rtt ?? 0,
      delay,
      ahead: tick - viewTick,
      corrected: corrections > this.#corrections,
    });
    this.#corrections = corrections;
    if (this.points.length > POINTS) this.points.shift();
  }
}
