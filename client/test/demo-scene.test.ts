import { describe, expect, it } from "vitest";
import { Pool } from "../src/demo/pool.js";
import { type Followed, leaderOf, neighbourOf } from "../src/demo/spectate.js";
import { eachMissing } from "../src/demo/watch.js";

const ship = (id: number, score = 0, own = false): Followed => ({ id, score, own, alive: true });

describe("whom to watch", () => {
  const ships = [ship(2, 5), ship(4, 90, true), ship(5, 30), ship(9, 30)];

  it("is first who leads of the others", () => {
    expect(leaderOf(ships)?.id).toBe(5);
    expect(leaderOf([ship(1, 3, true)])).toBeUndefined();
  });

  it("goes round among the others, and on where a ship is gone", () => {
    const next = (id: number) => neighbourOf(ships, id, 1)?.id;
    const former = (id: number) => neighbourOf(ships, id, -1)?.id;
    expect([next(2), next(5), next(9)]).toEqual([5, 9, 2]);
    expect([former(2), former(5), former(9)]).toEqual([9, 2, 5]);
    expect([next(7), former(7)]).toEqual([9, 5]);
    expect([next(0), former(0)]).toEqual([2, 9]);
    expect([next(99), former(99)]).toEqual([2, 9]);
  });

  it("is nobody where nobody else is", () => {
    expect(neighbourOf([ship(1, 0, true)], 1, 1)).toBeUndefined();
    expect(neighbourOf([], 0, -1)).toBeUndefined();
  });
});

describe("a pool", () => {
  it("fills a list anew with the same objects", () => {
    let made = 0;
    const pool = new Pool(() => ({ n: made++ }));
    const fill = (count: number) => {
      for (let i = 0; i < count; i++) pool.next();
      return [...pool.finish()];
    };
    const first = fill(3);
    expect(fill(1)).toEqual(first.slice(0, 1));
    expect(fill(0)).toEqual([]);
    expect(new Set(fill(3))).toEqual(new Set(first));
    expect(made).toBe(3);
  });
});

describe("what is missing in the second of two lists", () => {
  const missing = (first: number[], second: number[]) => {
    const found: number[] = [];
    const rows = (ids: number[]) => ids.map((id) => ({ id }));
    eachMissing(rows(first), rows(second), ({ id }) => found.push(id));
    return found;
  };

  it("is found in one walk", () => {
    expect(missing([1, 2, 3], [2])).toEqual([1, 3]);
    expect(missing([1, 2, 3], [])).toEqual([1, 2, 3]);
    expect(missing([], [1])).toEqual([]);
    expect(missing([2, 5], [1, 2, 4, 5, 6])).toEqual([]);
    expect(missing([5], [1, 9])).toEqual([5]);
  });
});
