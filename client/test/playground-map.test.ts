import { describe, expect, it } from "vitest";
import { rowsOf } from "../src/playground/entity.js";
import { headingOf } from "../src/playground/fields.js";
import { cover, gridStep, magnify, middle, project, wholeField } from "../src/playground/layout.js";
import { extentOf, placeOfPick } from "../src/playground/places.js";
import type { Crowd } from "../src/playground/scene.js";
import { field, kind, place } from "./support/kinds.js";

const whole = { left: 0, top: 0, right: 1024, bottom: 1024 };

/** A box that is one point. */
const point = (x: number, y: number) => ({ left: x, top: y, right: x, bottom: y });

describe("the field of a game", () => {
  it("is what the positions of all its kinds can be", () => {
    const far = kind("Far", [field("y", { bits: 8, min: -100_000_000 })], { y: 0 });
    expect(wholeField([place("Near", 10), far])).toEqual({
      left: 0,
      top: -100,
      right: 1023,
      bottom: 1023,
    });
  });

  it("is nothing where no kind has a place", () => {
    expect(wholeField([kind("Card", [field("suit")])])).toBeUndefined();
  });
});

describe("what the map shows", () => {
  it("is the corner in which a game lives, and not the whole range of its numbers", () => {
    const shown = cover(undefined, point(100, 100), whole);
    expect(shown).toEqual({ left: 92, top: 92, right: 108, bottom: 108 });
  });

  it("stays as it is while all entities are in it", () => {
    const before = { left: 0, top: 0, right: 100, bottom: 100 };
    expect(cover(before, point(99, 1), whole)).toBe(before);
  });

  it("grows by more than it must, never shrinks, and never leaves the field", () => {
    const before = { left: 0, top: 0, right: 100, bottom: 100 };
    const shown = cover(before, point(150, 50), whole);
    expect(shown).toEqual({ left: 0, top: 0, right: 187.5, bottom: 137.5 });
  });

  it("is the whole field once it would be a good part of it", () => {
    expect(cover(undefined, { left: 10, top: 10, right: 500, bottom: 20 }, whole)).toBe(whole);
  });

  it("is centred on the entity that is followed under a magnifier", () => {
    const shown = magnify(whole, 4, { x: 100, y: 900 });
    expect(middle(shown)).toEqual({ x: 100, y: 900 });
    expect(shown.right - shown.left).toBe(256);
  });
});

describe("the projection", () => {
  it("fits a box into a map of any shape, square and in its middle", () => {
    for (const [width, height] of [
      [640, 480],
      [358, 506],
    ]) {
      const { scale, dx, dy } = project(whole, width, height);
      expect([512 * scale + dx, 512 * scale + dy]).toEqual([width / 2, height / 2]);
      expect(1024 * scale).toBeCloseTo(Math.min(width, height) - 32);
    }
  });

  it("shows a box without a size as well", () => {
    const { scale, dx } = project(point(5, 5), 100, 100);
    expect(Number.isFinite(scale) && Number.isFinite(dx)).toBe(true);
  });

  it("has lines at 1, 2 or 5 of a power of ten, neither crowded nor rare", () => {
    for (let scale = 0.001; scale < 1000; scale *= 1.7) {
      const step = gridStep(scale);
      expect(step * scale).toBeGreaterThanOrEqual(70);
      expect(step * scale).toBeLessThan(70 * 2.6);
      expect(["1", "2", "5"]).toContain(step.toExponential()[0]);
    }
  });
});

describe("an entity's heading", () => {
  it("is the angle that its motion follows", () => {
    const x = field("x", { predict: "heading", heading: 2 });
    const angles = [field("aim", { type: "angle" }), field("course", { type: "angle" })];
    expect(headingOf(kind("Ship", [x, ...angles], { x: 0 }))?.name).toBe("course");
  });

  it("is the first angle where motion follows none, and nothing without one", () => {
    const angle = field("spin", { type: "angle" });
    expect(headingOf(kind("Rock", [field("x"), angle], { x: 0 }))?.name).toBe("spin");
    expect(headingOf(place("Dot"))).toBeUndefined();
  });
});

describe("the rows of an entity", () => {
  const at = (id: number, x: number) => ({ id, x, y: 0 });
  const crowd = (index: number, of: Crowd["kind"], ...rows: Crowd["rows"]): Crowd => {
    return { kind: of, index, rows };
  };
  const scene = [
    crowd(0, place("Ship"), at(1, 10), at(2, 20)),
    crowd(1, kind("Cargo", [field("gold")], { private: true }), { id: 1, gold: 5 }),
    crowd(2, place("Rock"), at(2, 90)),
  ];
  const names = (pick: { kind: number; id: number } | undefined) =>
    rowsOf(scene, pick).map(({ crowd }) => crowd.kind.name);

  it("are in every kind that goes with it, but not in another kind with places", () => {
    expect(names({ kind: 0, id: 1 })).toEqual(["Ship", "Cargo"]);
    expect(names({ kind: 1, id: 1 })).toEqual(["Cargo", "Ship"]);
    expect(names({ kind: 0, id: 2 })).toEqual(["Ship"]);
    expect(names({ kind: 2, id: 2 })).toEqual(["Rock"]);
  });

  it("are none once it is gone", () => {
    expect(names({ kind: 2, id: 1 })).toEqual([]);
    expect(names(undefined)).toEqual([]);
  });

  it("say where it is, and where all are", () => {
    expect(placeOfPick(scene, { kind: 1, id: 1 })).toEqual({ x: 10, y: 0 });
    expect(placeOfPick(scene, { kind: 1, id: 7 })).toBeUndefined();
    expect(extentOf(scene)).toEqual({ left: 10, top: 0, right: 90, bottom: 0 });
  });
});
