import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type ShipWords, stepShip } from "../src/demo/step.js";

/** Steps of a ship that the Go game played; schema/vectors/README.md describes the file. */
interface StepVectors {
  readonly rate: number;
  readonly fields: readonly (keyof ShipWords)[];
  readonly steps: readonly {
    readonly state: readonly number[];
    readonly input: readonly [thrust: number, turn: number, aim: number, fire: number];
    readonly next: readonly number[];
  }[];
}

const folder = new URL("../../schema/vectors/feel/", import.meta.url);

describe.each(["arena_step_30.json", "arena_step_60.json"])("the ship's step of %s", (name) => {
  const { rate, fields, steps } = JSON.parse(
    readFileSync(new URL(name, folder), "utf8"),
  ) as StepVectors;

  it("gives the words of the game, each time", () => {
    for (const [i, { state, input, next }] of steps.entries()) {
      const ship = Object.fromEntries(fields.map((field, n) => [field, state[n]])) as ShipWords;
      const [thrust, turn, aim, fire] = input;
      stepShip(ship, { thrust, turn, aim, fire }, rate);
      const words = fields.map((field) => ship[field]);
      if (state[fields.indexOf("alive")] === 0 && next[fields.indexOf("alive")] === 1) continue; // returned
      expect(words, `step ${i}`).toEqual(next);
    }
  });
});
