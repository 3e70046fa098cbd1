import { describe, expect, it } from "vitest";
import { RenderClock } from "../src/clock.js";
import { Random } from "./support/random.js";

const RATE = 20;
const PERIOD = 1000 / RATE;

/** Lets the states of some ticks arrive, each as late as `late` says. */
function run(clock: RenderClock, from: number, to: number, late: (tick: number) => number): void {
  for (let tick = from; tick <= to; tick++) clock.arrived(tick, tick * PERIOD + late(tick));
}

describe("a render clock", () => {
  it("is two ticks behind where nothing jitters", () => {
    const clock = new RenderClock(RATE);
    run(clock, 1, 100, () => 30);
    expect(clock.delay).toBe(2 * PERIOD);
    expect(clock.at(100 * PERIOD + 30)).toBeCloseTo(98, 6);
  });

  it("is behind by the jitter where that is more, and comes back when it ends", () => {
    const clock = new RenderClock(RATE);
    run(clock, 1, 100, (tick) => (tick % 10 === 0 ? 120 : 0));
    expect(clock.delay).toBeCloseTo(120 + PERIOD, 6);
    run(clock, 101, 200, () => 0);
    expect(clock.delay).toBe(2 * PERIOD);
  });

  it("is behind by 400 ms at most", () => {
    const clock = new RenderClock(RATE);
    run(clock, 1, 100, (tick) => (tick % 4) * 1000);
    expect(clock.delay).toBe(400);
  });

  it("does not mind one late state in a hundred", () => {
    const clock = new RenderClock(RATE);
    run(clock, 1, 100, (tick) => (tick === 80 ? 300 : 0));
    expect(clock.delay).toBe(2 * PERIOD);
  });

  it("never goes back, and keeps within a tenth of time", () => {
    const clock = new RenderClock(RATE);
    const random = new Random(7);
    let last = clock.at(0);
    for (let now = 0, tick = 0; now < 20_000; now += 5) {
      if (now >= (tick + 1) * PERIOD) clock.arrived(++tick, now + random.below(40));
      if (now < 1000) {
        last = clock.at(now);
        continue;
      }
      const at = clock.at(now);
      expect(at - last).toBeGreaterThan((0.89 * 5) / PERIOD);
      expect(at - last).toBeLessThan((1.11 * 5) / PERIOD);
      last = at;
    }
  });

  it("follows a network that becomes slower", () => {
    const clock = new RenderClock(RATE);
    run(clock, 1, 100, () => 0);
    for (let tick = 101; tick < 300; tick++) {
      clock.arrived(tick, tick * PERIOD + 80);
      clock.at(tick * PERIOD + 80);
    }
    expect(clock.at(300 * PERIOD)).toBeCloseTo(300 - 2 - 80 / PERIOD, 1);
  });

  it("jumps to its mark after a hidden tab", () => {
    const clock = new RenderClock(RATE);
    run(clock, 1, 100, () => 0);
    clock.at(100 * PERIOD);
    run(clock, 101, 400, () => 0);
    expect(clock.at(400 * PERIOD)).toBeCloseTo(398, 6);
  });

  it("starts anew when the ticks do", () => {
    const clock = new RenderClock(RATE);
    run(clock, 500, 600, () => 0);
    clock.at(600 * PERIOD);
    clock.reset();
    clock.arrived(3, 40_000);
    expect(clock.at(40_000)).toBeCloseTo(1, 6);
  });
});
