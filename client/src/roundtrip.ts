import { JITTER_GAIN, MEAN_GAIN, ROUND_TRIP_WINDOW } from "./knobs.js";
import { WindowedMin } from "./window.js";

/** Round trips as they are measured. All are in milliseconds, and undefined until there is one. */
export class RoundTrip {
  readonly #least = new WindowedMin(ROUND_TRIP_WINDOW);
  /** The average. */
  mean: number | undefined;
  /** The shortest of the last ten seconds or a little less: what the way takes without queues. */
  least: number | undefined;
  /** The average distance from the average. */
  jitter: number | undefined;

  /** Notes a round trip that ended at a time. */
  add(rtt: number, now: number): void {
    const { mean = rtt, jitter = 0 } = this;
    this.least = this.#least.add(rtt, now);
    this.jitter = jitter + (Math.abs(rtt - mean) - jitter) * JITTER_GAIN;
    this.mean = mean + (rtt - mean) * MEAN_GAIN;
  }
}
