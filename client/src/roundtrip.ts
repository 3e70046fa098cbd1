import { WindowedMin } from "./window.js";

/** Milliseconds for which the shortest round trip counts. */
const WINDOW = 10_000;

/** The share of a new round trip in the average, and of its distance from that (RFC 6298). */
const MEAN_GAIN = 1 / 8;
const JITTER_GAIN = 1 / 4;

/** Round trips as they are measured. All are in milliseconds, and undefined until there is one. */
export class RoundTrip {
  readonly #least = new WindowedMin(WINDOW);
  #mean: number | undefined;
  #jitter = 0;

  /** The average. */
  get mean(): number | undefined {
    return this.#mean;
  }

  /** The shortest of the last ten seconds: what the way itself takes, without queues. */
  get least(): number | undefined {
    return this.#mean === undefined ? undefined : this.#least.value;
  }

  /** The average distance from the average. */
  get jitter(): number | undefined {
    return this.#mean === undefined ? undefined : this.#jitter;
  }

  /** Notes a round trip that ended at a time. */
  add(rtt: number, now: number): void {
    this.#least.add(rtt, now);
    if (this.#mean === undefined) {
      this.#mean = rtt;
      return;
    }
    this.#jitter += (Math.abs(rtt - this.#mean) - this.#jitter) * JITTER_GAIN;
    this.#mean += (rtt - this.#mean) * MEAN_GAIN;
  }
}
