import { describe, expect, it } from "vitest";
import { RoundTrip } from "../src/roundtrip.js";
import { WindowedMin } from "../src/window.js";
import { Random } from "./support/random.js";

describe("a windowed minimum", () => {
  it("knows nothing at first, and again once it is reset", () => {
    const least = new WindowedMin(10);
    expect(least.value).toBe(Number.POSITIVE_INFINITY);
    expect(least.add(3, 0)).toBe(3);
    least.reset();
    expect(least.add(5, 1)).toBe(5);
  });

  it("is a value of the window, and the least of its last half or less", () => {
    const random = new Random(3);
    for (const span of [1, 10, 100]) {
      const least = new WindowedMin(span);
      const seen: { at: number; value: number }[] = [];
      for (let at = 0; at < 1000; at += 1 + random.below(3)) {
        const value = random.below(1000) - 500;
        seen.push({ at, value });
        const now = least.add(value, at);
        expect(seen.some((s) => s.value === now && at - s.at <= span + 6)).toBe(true);
        for (const s of seen) if (at - s.at <= span / 2) expect(now).toBeLessThanOrEqual(s.value);
      }
    }
  });

  it("forgets a least value after the window", () => {
    const least = new WindowedMin(100);
    least.add(-5, 0);
    for (let at = 1; at <= 100; at++) expect(least.add(at, at)).toBe(-5);
    for (let at = 101; at <= 103; at++) least.add(at, at);
    expect(least.value).toBeGreaterThan(0);
  });
});

describe("a round trip", () => {
  it("is undefined until it was measured", () => {
    const trip = new RoundTrip();
    expect([trip.mean, trip.least, trip.jitter]).toEqual([undefined, undefined, undefined]);
  });

  it("has an average, its shortest of ten seconds and its jitter", () => {
    const trip = new RoundTrip();
    trip.add(40, 0);
    for (let i = 1; i <= 9; i++) trip.add(i % 2 === 0 ? 90 : 110, i * 1000);
    expect(trip.least).toBe(40);
    expect(trip.mean).toBeGreaterThan(60);
    expect(trip.mean).toBeLessThan(100);
    expect(trip.jitter).toBeGreaterThan(5);
    for (let i = 10; i <= 30; i++) trip.add(100, i * 1000);
    expect(trip.least).toBe(100);
    expect(trip.jitter).toBeLessThan(3);
  });
});
