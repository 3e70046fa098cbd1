import { describe, expect, it } from "vitest";
import type { RoomStats } from "../src/index.js";
import { figuresOf } from "../src/overlay/figures.js";
import { POINTS, Trail } from "../src/overlay/trail.js";

const stats: RoomStats = {
  connection: "playing",
  tick: 100,
  inputsApplied: 80,
  viewTick: 97.5,
  rtt: 151.26,
  rttLeast: 140,
  jitter: 12,
  delay: 90,
  late: 0.02,
  slack: 0.5,
  dilation: -0.05,
  inputsMissed: 0.05,
  bytes: { state: 5000, hidden: 1000, messages: 10 },
  frames: 10,
  checksumsVerified: 9,
  desyncs: 0,
  entities: 7,
  prediction: {
    compared: 50,
    wrong: 1,
    shifted: 2,
    spawned: 4,
    refused: 0,
    error: 0.25,
    pushed: 9,
  },
};

describe("the overlay's figures", () => {
  it("say how a connection does, and what of it a player feels", () => {
    const before = { ...stats, bytes: { state: 4000, hidden: 1000, messages: 0 } };
    const figures = figuresOf(stats, before, 0.5);
    const said = Object.fromEntries(figures.map(({ name, text, mood }) => [name, [text, mood]]));
    expect(said).toMatchObject({
      "round trip": ["151.3 ms", "good"],
      "at best": ["140.0 ms", "plain"],
      "states late": ["2.0 %", "good"],
      "input slack": ["0.5 ticks, +5.0 %", "plain"],
      "ticks without input": ["5.0 %", "bad"],
      received: ["2.02 kB/s", "plain"],
      "of it state": ["2.00 kB/s", "plain"],
      messages: ["0.02 kB/s", "plain"],
      "predicted right": ["49 of 50", "plain"],
      corrections: ["1 wrong, 2 shifted", "plain"],
      "prediction off by": ["0.25", "good"],
      desyncs: ["0", "good"],
    });
  });

  it("say nothing of a prediction that is not there, nor of what was not measured yet", () => {
    const fresh = { ...stats, rtt: undefined, slack: undefined, prediction: undefined };
    const figures = figuresOf(fresh, fresh, 1);
    expect(figures.find(({ name }) => name === "round trip")).toMatchObject({ text: "…" });
    expect(figures.some(({ name }) => name.includes("predict"))).toBe(false);
  });
});

describe("the overlay's trail", () => {
  it("keeps the newest points and marks where the prediction was corrected", () => {
    const trail = new Trail();
    trail.add({ ...stats, prediction: undefined });
    trail.add(stats);
    trail.add(stats);
    expect(trail.points.map(({ corrected }) => corrected)).toEqual([false, true, false]);
    for (let i = 0; i < 2 * POINTS; i++) trail.add({ ...stats, viewTick: i });
    expect(trail.points.length).toBe(POINTS);
    expect(trail.points.at(-1)).toMatchObject({ ahead: 101 - 2 * POINTS, delay: 90 });
  });
});
