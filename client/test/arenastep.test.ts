import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  type ShipWords,
  type ShotWords,
  shotIsOver,
  stepShip,
  stepShot,
} from "../src/demo/step.js";

/** Steps of a ship that the Go game played; schema/vectors/README.md describes the file. */
interface StepVectors {
  readonly rate: number;
  readonly fields: readonly (keyof ShipWords)[];
  readonly steps: readonly {
    readonly state: readonly number[];
    readonly input: readonly [thrust: number, turn: number, aim: number, fire: number];
    readonly next: readonly number[];
    readonly shot?: readonly (readonly [x: number, y: number, heading: number])[];
  }[];
}

/** Steps for which the file follows a shot, unless it meets a wall. */
const SHOT_STEPS = 6;

const folder = new URL("../../schema/vectors/feel/", import.meta.url);

describe.each(["arena_step_30.json", "arena_step_60.json"])("the ship's step of %s", (name) => {
  const { rate, fields, steps } = JSON.parse(
    readFileSync(new URL(name, folder), "utf8"),
  ) as StepVectors;

  it("gives the words of the game, each time", () => {
    for (const [i, { state, input, next }] of steps.entries()) {
      const ship = Object.fromEntries(fields.map((field, n) => [field, state[n]])) as ShipWords;
      const [thrust, turn, aim, fire] = input;
      stepShip(ship, { thrust, turn, aim, fire }, rate, () => undefined);
      const words = fields.map((field) => ship[field]);
      if (state[fields.indexOf("alive")] === 0 && next[fields.indexOf("alive")] === 1) continue; // returned
      expect(words, `step ${i}`).toEqual(next);
    }
  });

  it("fires the shots of the game, and lets them fly as it does", () => {
    let fired = 0;
    for (const [i, { state, input, shot: way = [] }] of steps.entries()) {
      const shots: ShotWords[] = [];
      const ship = Object.fromEntries(fields.map((field, n) => [field, state[n]])) as ShipWords;
      const [thrust, turn, aim, fire] = input;
      stepShip(ship, { thrust, turn, aim, fire }, rate, (_, shot) => shots.push(shot));
      for (const shot of shots) {
        for (const [n, words] of way.entries()) {
          const { x, y, heading } = shot;
          expect([Math.floor(x), Math.floor(y), heading], `step ${i}, ${n}`).toEqual(words);
          expect(shotIsOver(shot, n, rate)).toBe(false);
          stepShot(shot, rate);
        }
        if (way.length < SHOT_STEPS) expect(shotIsOver(shot, way.length, rate)).toBe(true);
      }
      fired += shots.length;
      if (way.length > 0) expect(shots, `step ${i}`).toHaveLength(1);
    }
    expect(fired).toBeGreaterThan(20);
  });
});
