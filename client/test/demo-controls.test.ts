import { describe, expect, it } from "vitest";
import { steer } from "../src/demo/controls.js";
import { readPad } from "../src/demo/gamepad.js";
import { HANDS_OFF, Rest } from "../src/demo/rest.js";
import { gainAt, panAt } from "../src/demo/sounds.js";

/** A gamepad of the standard layout. */
function pad(axes: number[], pressed: number[] = [], values: Record<number, number> = {}) {
  const buttons = Array.from({ length: 17 }, (_, i) => ({
    pressed: pressed.includes(i),
    value: values[i] ?? 0,
  }));
  return { axes, buttons };
}

describe("a gamepad", () => {
  it("does nothing at rest, though its sticks do not come back to the very middle", () => {
    const still = { fly: undefined, aim: undefined, thrust: 0, turn: 0, fire: false };
    expect(readPad(pad([0, 0, 0, 0]))).toEqual(still);
    expect(readPad(pad([0.1, -0.12, -0.08, 0.15]))).toEqual(still);
    expect(readPad({ axes: [], buttons: [] })).toEqual(still);
    expect(readPad(pad([Number.NaN, Number.NaN, 0, 0]))).toEqual(still);
  });

  it("flies with the left stick and aims with the right one", () => {
    const { fly, aim } = readPad(pad([0, 1, -0.6, 0]));
    expect(fly?.heading).toBeCloseTo(0.25);
    expect(fly?.strength).toBe(1);
    expect(Math.abs(aim?.heading ?? 0)).toBeCloseTo(0.5);
    expect(aim?.strength).toBeCloseTo(0.5);
  });

  it("pushes a stick no further than its end", () => {
    expect(readPad(pad([1, 1, 0, 0])).fly?.strength).toBe(1);
  });

  it("fires with A, the right bumper and the right trigger", () => {
    for (const button of [0, 5, 7]) expect(readPad(pad([], [button])).fire).toBe(true);
    expect(readPad(pad([], [], { 7: 0.5 })).fire).toBe(true);
    expect(readPad(pad([], [], { 7: 0.1 })).fire).toBe(false);
    expect(readPad(pad([], [1])).fire).toBe(false);
  });

  it("flies with the cross, too", () => {
    expect(readPad(pad([], [12, 14]))).toMatchObject({ thrust: 1, turn: -1 });
    expect(readPad(pad([], [13, 15]))).toMatchObject({ thrust: -1, turn: 1 });
  });
});

describe("a stick", () => {
  it("turns a ship the short way and lets it thrust once it points there", () => {
    expect(steer({ heading: 0.25, strength: 1 }, 0)).toEqual([1, 0]);
    expect(steer({ heading: -0.25, strength: 1 }, 0)).toEqual([-1, 0]);
    expect(steer({ heading: 0.9, strength: 1 }, 0.05)).toEqual([-1, 1]);
    expect(steer({ heading: 0, strength: 1 }, 0.01)).toEqual([0, 1]);
    expect(steer({ heading: 0, strength: 0.3 }, 0.01)).toEqual([0, 0]);
    expect(steer({ heading: 0.5, strength: 0.1 }, 0)).toEqual([0, 0]);
  });
});

describe("who watches", () => {
  it("lets the ship go and sends nothing more", () => {
    const rest = new Rest();
    const sent = Array.from({ length: 6 }, () => rest.controls());
    expect(sent).toEqual([HANDS_OFF, HANDS_OFF, HANDS_OFF, undefined, undefined, undefined]);
    rest.reset();
    expect(rest.controls()).toEqual(HANDS_OFF);
  });
});

describe("a sound", () => {
  it("is full nearby, fades with the way and is not heard from afar", () => {
    expect(gainAt(0, 100)).toBe(1);
    expect(gainAt(0, 700)).toBeLessThan(gainAt(0, 400));
    expect(gainAt(1000, 1000)).toBe(0);
  });

  it("comes from where it is", () => {
    expect([panAt(-5000), panAt(0), panAt(450), panAt(5000)]).toEqual([-1, 0, 0.5, 1]);
  });
});
