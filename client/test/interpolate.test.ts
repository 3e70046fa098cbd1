import { describe, expect, it } from "vitest";
import type { Field } from "../src/descriptor.js";
import { History } from "../src/history.js";
import { blendOf } from "../src/interpolate.js";
import type { Snapshot } from "../src/table.js";
import { Drawer, View } from "../src/view.js";
import { table } from "./support/encode.js";
import { type ToySchema, toy } from "./support/game.js";

const [x, heading, gear, lit] = toy.kinds[0].fields;

describe("a field between two states", () => {
  it.each<{ what: string; field: Field; words: [number, number]; alpha: number; shows: unknown }>([
    { what: "linear", field: x, words: [160, 320], alpha: 0.25, shows: 12.5 },
    { what: "on the shortest arc", field: heading, words: [0, 256], alpha: 0.5, shows: 0.125 },
    {
      what: "forward over zero",
      field: heading,
      words: [1000, 16],
      alpha: 0.5,
      shows: 1020 / 1024,
    },
    { what: "back over zero", field: heading, words: [16, 1000], alpha: 0.9, shows: 1004 / 1024 },
    { what: "held", field: gear, words: [3, 4], alpha: 0.9, shows: 2 },
    { what: "off", field: lit, words: [0, 1], alpha: 0.9, shows: false },
    { what: "on", field: lit, words: [1, 0], alpha: 0.9, shows: true },
  ])("is $what", ({ field, words, alpha, shows }) => {
    const value = blendOf(field)(...words, alpha);
    if (typeof shows === "number") expect(value).toBeCloseTo(shows, 9);
    else expect(value).toBe(shows);
  });
});

const coins = table(1);
const car = (id: number, at: number, turn = 0) => [id, at, turn, 0, 0];
const snapshot = (tick: number, ...cars: number[][]): Snapshot => ({
  tick,
  tables: [table(4, ...cars), coins],
});

/** The cars as they are drawn at a tick. */
function cars(history: History, tick: number): View<ToySchema["kinds"]["Car"]> {
  return new View(new Drawer(toy.kinds[0].fields), history.at(tick), 0);
}

function historyOf(...snapshots: Snapshot[]): History {
  const history = new History(20);
  for (const s of snapshots) history.push(s);
  return history;
}

describe("a view", () => {
  const history = historyOf(
    snapshot(10, car(1, 0), car(2, 160), car(4, 16)),
    snapshot(11, car(2, 320), car(3, 0), car(4, 16 + 1001, 512)),
  );

  it("shows who is there from the state that first has them to the one that has them no more", () => {
    expect([...cars(history, 10.5)].length).toBe(3);
    expect(Array.from(cars(history, 10.5), ({ id }) => id)).toEqual([1, 2, 4]);
    expect(Array.from(cars(history, 11), ({ id }) => id)).toEqual([2, 3, 4]);
  });

  it("moves entities between two states and holds them before and after", () => {
    const place = (tick: number) => cars(history, tick).get(2)?.x;
    expect([9, 10, 10.25, 11, 12].map(place)).toEqual([10, 10, 12.5, 20, 20]);
  });

  it("holds an entity that will be gone", () => {
    expect(cars(history, 10.5).get(1)?.x).toBe(0);
  });

  it("lets an entity leap as a whole where one of its fields jumps", () => {
    expect(cars(history, 10.9).get(4)).toMatchObject({ x: 1, heading: 0 });
    expect(cars(history, 11).get(4)).toMatchObject({ x: 1017 / 16, heading: 0.5 });
  });

  it("finds nobody where nobody is", () => {
    expect(cars(history, 10).get(3)).toBeUndefined();
    expect(cars(history, 10).size).toBe(3);
  });

  it("has one cursor a loop, so that loops may nest", () => {
    const pairs: number[][] = [];
    for (const a of cars(history, 10)) {
      for (const b of cars(history, 10)) if (a.id < b.id) pairs.push([a.id, b.id]);
    }
    expect(pairs).toEqual([
      [1, 2],
      [1, 4],
      [2, 4],
    ]);
    expect(new Set(cars(history, 10)).size).toBe(1);
  });

  it("keeps to itself whatever a field is called", () => {
    const names = ["__proto__", "id", "constructor"];
    const fields = names.map((name) => ({ ...gear, name }));
    const tables = [table(3, [5, 1, 2, 3])];
    const [cursor] = new View(new Drawer(fields), historyOf({ tick: 1, tables }).at(1), 0);
    expect(cursor).toMatchObject({ id: 5, constructor: 2 });
  });
});

describe("a history", () => {
  it("stands still in a long gap and resumes at its end at the cadence from before", () => {
    const place = (history: History, tick: number) => cars(history, tick).get(1)?.x;
    const idle = historyOf(snapshot(100, car(1, 0)), snapshot(120, car(1, 80)));
    expect([101, 115, 119, 119.5, 120].map((t) => place(idle, t))).toEqual([0, 0, 0, 2.5, 5]);
    const slow = historyOf(snapshot(97), snapshot(100, car(1, 0)), snapshot(120, car(1, 80)));
    expect([115, 117, 118.5, 120].map((t) => place(slow, t))).toEqual([0, 0, 2.5, 5]);
  });

  it("moves all along a gap of skipped states", () => {
    const history = historyOf(snapshot(100, car(1, 0)), snapshot(104, car(1, 64)));
    const place = (tick: number) => cars(history, tick).get(1)?.x;
    expect([100, 101, 103, 104].map(place)).toEqual([0, 1, 3, 4]);
  });

  it("keeps about a second", () => {
    const history = historyOf(
      ...Array.from({ length: 100 }, (_, i) => snapshot(i + 1, car(1, i + 1))),
    );
    expect(history.at(0).older.tick).toBe(79);
    expect(history.at(200).older.tick).toBe(100);
  });

  it("starts anew where ticks go back", () => {
    const history = historyOf(snapshot(50));
    expect(history.push(snapshot(51))).toBe(false);
    expect(history.push(snapshot(4))).toBe(true);
    expect(history.at(50.5)).toMatchObject({ older: { tick: 4 }, newer: { tick: 4 } });
  });
});
