import { describe, expect, it } from "vitest";
import type { InputField } from "../src/index.js";
import { controlsOf, keyName } from "../src/playground/controls.js";
import { Hand } from "../src/playground/hand.js";

function input(name: string, min: number, max: number, edge = false): InputField {
  return { name, min, max, edge };
}

const arena = [
  input("thrust", -1, 1),
  input("turn", -1, 1),
  input("aim", 0, 1023),
  input("fire", 0, 1),
];

/** Each control as its type and the first key of each end. */
function layout(...fields: InputField[]): string[] {
  return controlsOf(fields).map(({ type, less, more }) =>
    [type, ...[...less.slice(0, 1), ...more.slice(0, 1)].map(keyName)].join(" "),
  );
}

describe("the controls of an input", () => {
  it("follow from each field's bounds, its edge and its name", () => {
    const fields = [
      input("jump", 0, 1, true),
      input("cell", 0, 9, true),
      input("fire", 0, 1),
      input("dx", -4, 4),
      input("heading", 0, 1023),
      input("buttons", 0, 255),
      input("gear", 1, 1),
    ];
    expect(controlsOf(fields).map(({ type }) => type)).toEqual([
      "press",
      "send",
      "hold",
      "axis",
      "dial",
      "level",
      "level",
    ]);
  });

  it("give the arrows to the ways ahead and sideways, and the space bar to the first button", () => {
    expect(layout(...arena)).toEqual(["axis ↓ ↑", "axis ← →", "dial q e", "hold space"]);
  });

  it("give down and up to a y that runs down", () => {
    expect(layout(input("dx", -4, 4), input("dy", -4, 4))).toEqual(["axis ← →", "axis ↑ ↓"]);
  });

  it("give the arrows to a dial where nothing goes sideways", () => {
    expect(layout(input("heading", 0, 1023), input("buttons", 0, 255))).toEqual([
      "dial ← →",
      "level",
    ]);
  });

  it("give no key twice", () => {
    const many = Array.from({ length: 8 }, (_, i) => input(`f${i}`, 0, 1, i % 2 === 0));
    const axes = Array.from({ length: 8 }, (_, i) => input(`f${i}`, -1, 1));
    for (const fields of [many, axes, arena]) {
      const codes = controlsOf(fields).flatMap(({ less, more }) => [...less, ...more]);
      expect(new Set(codes).size).toBe(codes.length);
    }
  });
});

describe("a hand", () => {
  const setUp = (...fields: InputField[]) => {
    const controls = controlsOf(fields);
    return { hand: new Hand(controls), controls };
  };

  it("rests at 0, or at what of a range is nearest to it", () => {
    const { hand } = setUp(...arena, input("gear", 1, 5));
    expect(hand.read()).toEqual({ thrust: 0, turn: 0, aim: 0, fire: 0, gear: 1 });
  });

  it("sends a one-shot button once for each press, however long it is down", () => {
    const { hand, controls } = setUp(input("jump", 0, 1, true));
    hand.hold(controls[0], 1);
    expect([hand.read(), hand.read()]).toEqual([{ jump: 1 }, { jump: 0 }]);
    hand.hold(controls[0], 0);
    expect(hand.read()).toEqual({ jump: 0 });
    hand.hold(controls[0], 1);
    expect(hand.read()).toEqual({ jump: 1 });
  });

  it("sends a number once", () => {
    const { hand, controls } = setUp(input("cell", 0, 9, true));
    hand.send(controls[0], 7);
    expect([hand.read(), hand.read()]).toEqual([{ cell: 7 }, { cell: 0 }]);
  });

  it("holds an end for as long as it is down, and goes back to the slider's place", () => {
    const { hand, controls } = setUp(input("dx", -4, 4));
    hand.set(controls[0], 2);
    hand.hold(controls[0], -1);
    expect([hand.read(), hand.read()]).toEqual([{ dx: -4 }, { dx: -4 }]);
    hand.hold(controls[0], 0);
    expect(hand.read()).toEqual({ dx: 2 });
  });

  it("turns a dial round and past its end", () => {
    const { hand, controls } = setUp(input("aim", 0, 1023));
    hand.hold(controls[0], -1);
    expect([hand.read(), hand.read()]).toEqual([{ aim: 1008 }, { aim: 992 }]);
    hand.hold(controls[0], 1);
    for (let tick = 0; tick < 64; tick++) hand.read();
    expect(hand.get(controls[0])).toBe(992);
  });

  it("lets go of what is down, and keeps a latched button", () => {
    const { hand, controls } = setUp(...arena);
    hand.hold(controls[0], 1);
    hand.set(controls[3], 1);
    hand.letGo();
    expect(hand.read()).toEqual({ thrust: 0, turn: 0, aim: 0, fire: 1 });
  });
});
