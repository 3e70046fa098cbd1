import { describe, expect, it } from "vitest";
import { InputClock } from "../src/inputclock.js";
import { PROFILES, type Profile } from "../src/netsim/profile.js";
import { type Figures, play } from "./support/play.js";

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];

/** The figures of ten minutes of play a seed, in the mean. */
function mean(profile: Profile, rate: number, steered: boolean): Figures {
  const all = SEEDS.map((seed) => play({ rate, seconds: 600, profile, seed, steered }));
  const over = (of: (figures: Figures) => number) =>
    all.reduce((sum, figures) => sum + of(figures), 0) / all.length;
  return { missed: over(({ missed }) => missed), slack: over(({ slack }) => slack) };
}

// The networks are synthetic: delays, stalls and losses by chance, with seeds.
describe("an input clock", () => {
  it.each([
    { name: "wifi", profile: PROFILES.wifi, rate: 20, most: 0.015 },
    { name: "wifi", profile: PROFILES.wifi, rate: 30, most: 0.015 },
    { name: "mobile", profile: PROFILES.mobile, rate: 20, most: 0.045 },
    { name: "mobile", profile: PROFILES.mobile, rate: 30, most: 0.045 },
  ])("leaves at most $most of the ticks on $name at $rate Hz without an input", (course) => {
    const figures = mean(course.profile, course.rate, true);
    expect(figures.missed).toBeLessThanOrEqual(course.most);
    const free = mean(course.profile, course.rate, false);
    expect(figures.slack).toBeLessThan(free.slack);
  });

  it("lets inputs wait half a tick where nothing jitters, from any start", () => {
    for (const seed of SEEDS) {
      const profile = { ...PROFILES.perfect, delay: 37 };
      const { missed, slack } = play({ rate: 30, seconds: 60, profile, seed, steered: true });
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

  it("gives a reserve back once nothing needed it for five seconds", () => {
    const clock = new InputClock(20);
    clock.confirmed({ tick: 1, applied: 1, slack: 0.5 });
    for (let tick = 2; tick <= 100; tick++) {
      clock.confirmed({ tick, applied: tick - 1, slack: 1.5 }); // tick 2 found none
      expect(clock.dilation).toBe(0);
    }
    clock.confirmed({ tick: 102, applied: 101, slack: 1.5 });
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
