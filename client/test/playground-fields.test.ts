import { describe, expect, it } from "vitest";
import { format, rangeOf } from "../src/playground/fields.js";
import { parseFilter } from "../src/playground/filter.js";
import { Log } from "../src/playground/log.js";
import { field, kind } from "./support/kinds.js";

describe("a value", () => {
  it.each([
    [field("hp"), 99.6, "100"],
    [field("x", { type: "fixed", step: 62_500 }), 12.3456, "12.35"],
    [field("x", { type: "fixed", step: 500_000 }), -0.5, "-0.5"],
    [field("x", { type: "fixed", step: 1_000_000 }), 7, "7"],
    [field("aim", { type: "angle" }), 0.25, "90°"],
    [field("lit", { type: "bool" }), true, "yes"],
    [field("lit", { type: "bool" }), false, "no"],
  ])("of %o is written no finer than it is", (of, value, text) => {
    expect(format(of, value)).toBe(text);
  });

  it("has the range of its words", () => {
    expect(rangeOf(field("x", { bits: 16, min: -1_000_000, step: 62_500 }))).toEqual({
      min: -1,
      max: 4094.9375,
    });
    expect(rangeOf(field("aim", { type: "angle" }))).toEqual({ min: 0, max: 1 });
  });
});

describe("a filter", () => {
  const ship = kind("Ship", [
    field("hp"),
    field("aim", { type: "angle" }),
    field("alive", { type: "bool" }),
    field("x", { type: "fixed", step: 62_500 }),
  ]);
  const rock = kind("Rock", [field("size")]);
  const row = { id: 12, hp: 40, aim: 0.25, alive: true, x: 1.0625 };
  const wants = (text: string) => parseFilter(text)(ship, row);

  it.each(["", " ", "12", "#12", "ship", "SHI", "hp<50", "hp<=40", "hp=40", "HP!=41", "alive=yes"])(
    "of %j finds it",
    (text) => {
      expect(wants(text)).toBe(true);
    },
  );

  it.each(["13", "rock", "hp>40", "alive=no", "size=1", "hp<50 rock", "hp<what"])(
    "of %j does not",
    (text) => {
      expect(wants(text)).toBe(false);
    },
  );

  it("compares what the table shows: degrees, two decimals, ids", () => {
    expect(["aim=90", "x=1.06", "id>=12"].every(wants)).toBe(true);
  });

  it("wants nothing of a kind without the field", () => {
    expect(parseFilter("hp<50")(rock, { id: 12, size: 3 })).toBe(false);
  });
});

describe("a log", () => {
  const line = (tick: number) => ({ tick, name: "Killed", values: {}, own: false });

  it("gives what came since it was read", () => {
    const log = new Log();
    log.add(line(1));
    const read = log.count;
    log.add(line(2));
    log.add(line(3));
    expect(log.since(read).map(({ tick }) => tick)).toEqual([2, 3]);
    expect(log.since(log.count)).toEqual([]);
  });

  it("keeps the newest lines of any number", () => {
    const log = new Log();
    for (let tick = 1; tick <= 10 * Log.kept; tick++) log.add(line(tick));
    expect(log.since(0).length).toBe(Log.kept);
    expect(log.since(0).at(-1)?.tick).toBe(10 * Log.kept);
  });
});
