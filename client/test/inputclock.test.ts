import { describe, expect, it } from "vitest";
import { InputClock } from "../src/inputclock.js";
import { PROFILES } from "../src/netsim/profile.js";
import { type Course, type Figures, play } from "./support/play.js";

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];

/** The figures of ten minutes of play a seed, in the mean. */
function mean(network: Course["network"], rate: number, steered: boolean): Figures {
  const all = SEEDS.map((seed) => play({ rate, seconds: 600, network, seed, steered }));
  const over = (of: (figures: Figures) => number) =>
    all.reduce((sum, figures) => sum + of(figures), 0) / all.length;
  return { missed: over(({ missed }) => missed), slack: over(({ slack }) => slack) };
}

describe("an input clock", () => {
  it.each([
    { name: "recorded Wi-Fi", network: "wifi" as const, rate: 20, most: 0.015 },
    { name: "a recorded mobile network", network: "mobile" as const, rate: 20, most: 0.045 },
    { name: "synthetic Wi-Fi", network: PROFILES.wifi, rate: 20, most: 0.015 },
    { name: "synthetic Wi-Fi", network: PROFILES.wifi, rate: 30, most: 0.015 },
    { name: "a synthetic mobile network", network: PROFILES.mobile, rate: 20, most: 0.045 },
    { name: "a synthetic mobile network", network: PROFILES.mobile, rate: 30, most: 0.045 },
  ])("leaves at most $most of the ticks without an input on $name at $rate Hz", (course) => {
    const { network, rate, most } = course;
    const figures = mean(network, rate, true);
    expect(figures.missed).toBeLessThanOrEqual(most);
    expect(figures.slack).toBeLessThan(mean(network, rate, false).slack);
  });

  it("lets inputs wait half a tick where nothing jitters, from any start", () => {
    for (const seed of SEEDS) {
      const network = { ...PROFILES.perfect, delay: 37 };
      const { missed, slack } = play({ rate: 30, seconds: 60, network, seed, steered: true });
      expect(missed).toBe(0);
      expect(slack).toBeGreaterThan(0.4);
      expect(slack).toBeLessThan(0.6);
    }
  });

  it("is never more than 5 % faster or slower than the ticks", () => {
    const clock = new InputClock(20);
    expect(clock.next()).toBe(50);
    clock.confirmed({ tick: 1, applied: 1, slack: 8 });
    expect(clock.next()).toBeCloseTo(52.5, 9);
    clock.confirmed({ tick: 2, applied: 2, slack: -8 });
    expect(clock.next()).toBeCloseTo(47.5, 9);
  });

  it("gives a reserve back once nothing needed it for four seconds or less, and not at once", () => {
    const clock = new InputClock(20);
    clock.confirmed({ tick: 1, applied: 1, slack: 0.5 });
    for (let tick = 2; tick < 50; tick++) {
      clock.confirmed({ tick, applied: tick - 1, slack: 1.5 }); // tick 2 found none
      expect(clock.dilation).toBe(0);
    }
    for (let tick = 50; tick <= 110; tick++) {
      clock.confirmed({ tick, applied: tick - 1, slack: 1.5 });
    }
    expect(clock.dilation).toBe(0.05);
  });

  it("counts the ticks that found no input, but none that was to have none", () => {
    const clock = new InputClock(20);
    clock.confirmed({ tick: 10, applied: 5, slack: 1 });
    clock.confirmed({ tick: 13, applied: 7, slack: 1 });
    clock.confirmed({ tick: 14, applied: 8, slack: 1 });
    expect(clock.missed).toBe(0.25);
    clock.paused();
    clock.confirmed({ tick: 20, applied: 8, slack: undefined });
    clock.paused();
    clock.confirmed({ tick: 21, applied: 9, slack: 1 });
    expect(clock.missed).toBe(0.25);
  });
});
