import { type Colour, tint } from "./palette.js";
import { TURN } from "./rules.js";
import { drawGlow, Sprites } from "./sprites.js";

/** Units from the middle of a picture of a ship to its edge. */
export const REACH = 40;

/** Pixels a unit: the sharpest screen shows about three. */
const SHARP = 3;
const SIZE = 2 * REACH * SHARP;

/** Half an outline from nose to stern, in units; the other half mirrors it. */
type Half = readonly (readonly [number, number])[];

const DART: Half = [
  [21, 0],
  [7, -5],
  [-3, -15],
  [-14, -16],
  [-9, -6],
  [-12, 0],
];
const CRAB: Half = [
  [9, 0],
  [13, -6],
  [17, -13],
  [3, -14],
  [-9, -12],
  [-15, -4],
  [-11, 0],
];

const SHIELD_RADIUS = 27;

/** Players' ships and drones, noses to the right. */
export const darts = hulls(DART, 0);
export const crabs = hulls(CRAB, 0);

/** The same as they shine from a hit. */
export const litDarts = hulls(DART, 1);
export const litCrabs = hulls(CRAB, 1);

export const cannons = picture((ctx, colour) => {
  ctx.lineCap = "round";
  ctx.lineWidth = 4.6;
  ctx.strokeStyle = "#0a0f1f";
  barrel(ctx);
  ctx.lineWidth = 2.4;
  ctx.strokeStyle = tint(colour, 86);
  barrel(ctx);
  ctx.beginPath();
  ctx.arc(0, 0, 4.4, 0, TURN);
  ctx.fillStyle = "#0a0f1f";
  ctx.fill();
  ctx.lineWidth = 1.4;
  ctx.stroke();
});

export const shields = picture((ctx, colour) => {
  const r = SHIELD_RADIUS;
  const bubble = ctx.createRadialGradient(0, 0, r * 0.6, 0, 0, r);
  bubble.addColorStop(0, tint(colour, 70, 0));
  bubble.addColorStop(0.85, tint(colour, 70, 0.18));
  bubble.addColorStop(1, tint(colour, 82, 0.6));
  ctx.fillStyle = bubble;
  ctx.beginPath();
  ctx.arc(0, 0, r, 0, TURN);
  ctx.fill();
});

/** An engine's flame: its root at the middle, 34 units long to the left. */
export const flames = picture((ctx, colour) => {
  ctx.globalCompositeOperation = "lighter";
  for (const [length, width, lightness, alpha] of [
    [34, 7, 55, 0.5],
    [24, 5, 66, 0.7],
    [13, 3, 92, 0.95],
  ]) {
    ctx.fillStyle = tint(colour, lightness, alpha);
    ctx.beginPath();
    ctx.moveTo(0, -width);
    ctx.quadraticCurveTo(-length * 0.5, -width, -length, 0);
    ctx.quadraticCurveTo(-length * 0.5, width, 0, width);
    ctx.fill();
  }
  drawGlow(ctx, colour, -4, 0, 22);
});

function picture(paint: (ctx: CanvasRenderingContext2D, colour: Colour) => void): Sprites {
  return new Sprites(SIZE, SIZE, (ctx, colour) => {
    ctx.setTransform(SHARP, 0, 0, SHARP, SIZE / 2, SIZE / 2);
    paint(ctx, colour);
  });
}

function hulls(half: Half, hit: number): Sprites {
  return picture((ctx, colour) => paintHull(ctx, outline(half), colour, hit));
}

function outline(half: Half): Path2D {
  const path = new Path2D();
  for (const [x, y] of half) path.lineTo(x, y);
  for (const [x, y] of [...half].reverse()) path.lineTo(x, -y);
  path.closePath();
  return path;
}

function paintHull(ctx: CanvasRenderingContext2D, hull: Path2D, colour: Colour, hit: number): void {
  const metal = ctx.createLinearGradient(0, -15, 0, 15);
  metal.addColorStop(0, tint(colour, 30));
  metal.addColorStop(0.5, tint(colour, 18 + 60 * hit));
  metal.addColorStop(1, tint(colour, 9));
  ctx.lineJoin = "round";
  ctx.lineWidth = 5;
  ctx.strokeStyle = tint(colour, 60, 0.2);
  ctx.stroke(hull);
  ctx.fillStyle = metal;
  ctx.fill(hull);
  ctx.lineWidth = 1.6;
  ctx.strokeStyle = tint(colour, 68 + 30 * hit);
  ctx.stroke(hull);
  ctx.lineWidth = 1;
  ctx.strokeStyle = tint(colour, 70, 0.35);
  ctx.beginPath();
  ctx.moveTo(12, 0);
  ctx.lineTo(5, -3.5);
  ctx.lineTo(-8, -3);
  ctx.moveTo(5, 3.5);
  ctx.lineTo(-8, 3);
  ctx.stroke();
}

function barrel(ctx: CanvasRenderingContext2D): void {
  ctx.beginPath();
  ctx.moveTo(4, 0);
  ctx.lineTo(15, 0);
  ctx.stroke();
}
