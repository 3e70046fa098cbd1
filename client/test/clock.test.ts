import { describe, expect, it } from "vitest";
import { RenderClock } from "../src/clock.js";
import { Random } from "./support/random.js";

const RATE = 20;
const PERIOD = 1000 / RATE;

/** Where nothing jitters: a tick, and the lateness that cannot be told from none. */
const LEAST_DELAY = PERIOD + 4;

/** Lets the states of some ticks arrive, each as late as `late` says. */
function run(clock: RenderClock, from: number, to: number, late: (tick: number) => number): void {
  for (let tick = from; tick <= to; tick++) clock.playout.arrived(tick, tick * PERIOD + late(tick));
}

describe("a render clock", () => {
  it("is two ticks behind at first, and little more than one where nothing jitters", () => {
    const clock = new RenderClock(RATE);
    clock.playout.arrived(1, PERIOD);
    expect(clock.playout.delay).toBe(2 * PERIOD + 4 - (PERIOD % 4));
    run(clock, 2, 1000, () => 0);
    expect(clock.playout.delay).toBe(LEAST_DELAY);
    expect(clock.at(1000 * PERIOD)).toBeCloseTo(1000 - LEAST_DELAY / PERIOD, 6);
  });

  it("is behind by the jitter where that is more, and comes back when it ends", () => {
    const clock = new RenderClock(RATE);
    run(clock, 1, 400, (tick) => (tick % 10 === 0 ? 120 : 0));
    expect(clock.playout.delay).toBe(124 + PERIOD);
    run(clock, 401, 1000, () => 0);
    expect(clock.playout.delay).toBe(LEAST_DELAY);
  });

  it("is behind by 400 ms at most", () => {
    const clock = new RenderClock(RATE);
    run(clock, 1, 100, (tick) => (tick % 4) * 300);
    expect(clock.playout.delay).toBe(400);
  });

  it("does not mind one late state in a hundred", () => {
    const clock = new RenderClock(RATE);
    run(clock, 1, 1000, (tick) => (tick % 100 === 80 ? 300 : 0));
    expect(clock.playout.delay).toBe(LEAST_DELAY);
    expect(clock.playout.late).toBeGreaterThan(0);
  });

  it("lets about two states in a hundred come too late where they jitter", () => {
    const clock = new RenderClock(RATE);
    const random = new Random(11);
    let late = 0;
    for (let tick = 1; tick <= 20_000; tick++) {
      clock.playout.arrived(tick, tick * PERIOD + random.below(60) + (random.once(20) ? 80 : 0));
      if (tick > 400) late += clock.playout.late / 19_600;
    }
    expect(late).toBeGreaterThan(0.01);
    expect(late).toBeLessThan(0.03);
  });

  it("learns nothing of the network from a machine that slept", () => {
    const clock = new RenderClock(RATE);
    run(clock, 1, 1000, () => 0);
    run(clock, 1001, 1200, (tick) => (1200 - tick) * PERIOD); // all at once
    run(clock, 1201, 1300, () => 0);
    expect(clock.playout.delay).toBe(LEAST_DELAY);
    expect(clock.at(1300 * PERIOD)).toBeCloseTo(1300 - clock.playout.delay / PERIOD, 6);
  });

  it("never goes back, slows down by a tenth and speeds up by a 25th of time at most", () => {
    const clock = new RenderClock(RATE);
    const random = new Random(7);
    let last = clock.at(0);
    for (let now = 0, tick = 0; now < 40_000; now += 5) {
      const jitter = now > 10_000 && now < 20_000 ? 200 : 10;
      if (now >= (tick + 1) * PERIOD) clock.playout.arrived(++tick, now + random.below(jitter));
      const at = clock.at(now);
      if (now >= 1000) {
        expect(at - last).toBeGreaterThan((0.899 * 5) / PERIOD);
        expect(at - last).toBeLessThan((1.041 * 5) / PERIOD);
      }
      last = at;
    }
  });

  it("follows a network that becomes slower for good", () => {
    const clock = new RenderClock(RATE);
    run(clock, 1, 1000, () => 0);
    for (let tick = 1001; tick < 2000; tick++) {
      clock.playout.arrived(tick, tick * PERIOD + 80);
      clock.at(tick * PERIOD + 80);
    }
    expect(clock.playout.delay).toBe(LEAST_DELAY);
    const mark = 2000 - (LEAST_DELAY + 80) / PERIOD;
    expect(Math.abs(clock.at(2000 * PERIOD) - mark)).toBeLessThan(0.1);
  });

  it("goes on evenly after a hidden tab, in which nobody asked for a minute", () => {
    const clock = new RenderClock(RATE);
    run(clock, 1, 1000, () => 0);
    const before = clock.at(1000 * PERIOD);
    run(clock, 1001, 2200, () => 0);
    expect(clock.at(2200 * PERIOD)).toBeCloseTo(before + 1200, 6);
  });

  it("jumps to its mark where the machine itself slept", () => {
    const clock = new RenderClock(RATE);
    run(clock, 1, 1000, () => 0);
    clock.at(1000 * PERIOD);
    const slept = 60_000;
    run(clock, 1001, 1600, () => slept);
    expect(clock.at(1600 * PERIOD + slept)).toBeCloseTo(1600 - clock.playout.delay / PERIOD, 6);
  });

  it("starts anew when the ticks do", () => {
    const clock = new RenderClock(RATE);
    run(clock, 500, 1500, () => 0);
    clock.at(1500 * PERIOD);
    clock.reset();
    clock.playout.arrived(3, 140_000);
    expect(clock.at(140_000)).toBeCloseTo(3 - LEAST_DELAY / PERIOD, 6);
  });
});
