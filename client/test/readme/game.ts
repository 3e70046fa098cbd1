import type { Controls } from "../../src/arena_gen.js";

// What the README's example takes from its game.

export { stepShip, stepShot } from "../../src/demo/step.js";

export function heldControls(): Controls {
  return { thrust: 0, turn: 0, aim: 0, fire: 0 };
}

export function drawShot(_x: number, _y: number): void {}

export function drawShip(_x: number, _y: number, _heading: number): void {}
