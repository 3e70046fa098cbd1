import type { Camera } from "./camera.js";
import { tint } from "./palette.js";
import { FULL_HP, SHIP_RADIUS, TURN } from "./rules.js";
import type { ShipNow } from "./scene.js";
import { drawGlow } from "./sprites.js";

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

const dart = outline(DART);
const crab = outline(CRAB);

const SHIELD_RADIUS = 27;
const BAR_WIDTH = 36;
const LABEL_GAP = 12;

/** Draws a ship that flies; the canvas is in field units. `now` is in seconds, `hit` from 0 to 1. */
export function drawShip(
  ctx: CanvasRenderingContext2D,
  ship: ShipNow,
  aim: number,
  now: number,
  hit: number,
): void {
  ctx.save();
  ctx.translate(ship.x, ship.y);
  if (ship.own) drawHalo(ctx, now);
  ctx.rotate(ship.heading * TURN);
  if (ship.thrusting) drawFlame(ctx, ship, now);
  drawHull(ctx, ship, hit);
  ctx.rotate((aim - ship.heading) * TURN);
  drawCannon(ctx, ship.hue);
  if (ship.shielded) drawShield(ctx, ship.hue, now);
  ctx.restore();
}

function outline(half: Half): Path2D {
  const path = new Path2D();
  for (const [x, y] of half) path.lineTo(x, y);
  for (const [x, y] of [...half].reverse()) path.lineTo(x, -y);
  path.closePath();
  return path;
}

function drawHull(ctx: CanvasRenderingContext2D, { owner, hue }: ShipNow, hit: number): void {
  const hull = owner === 0 ? crab : dart;
  const metal = ctx.createLinearGradient(0, -15, 0, 15);
  metal.addColorStop(0, `hsl(${hue} 45% 34%)`);
  metal.addColorStop(0.5, `hsl(${hue} 40% ${20 + 60 * hit}%)`);
  metal.addColorStop(1, `hsl(${hue} 45% 11%)`);
  ctx.lineJoin = "round";
  ctx.lineWidth = 5;
  ctx.strokeStyle = tint(hue, 60, 0.2);
  ctx.stroke(hull);
  ctx.fillStyle = metal;
  ctx.fill(hull);
  ctx.lineWidth = 1.6;
  ctx.strokeStyle = tint(hue, 68 + 30 * hit);
  ctx.stroke(hull);
  ctx.lineWidth = 1;
  ctx.strokeStyle = tint(hue, 70, 0.35);
  ctx.beginPath();
  ctx.moveTo(12, 0);
  ctx.lineTo(5, -3.5);
  ctx.lineTo(-8, -3);
  ctx.moveTo(5, 3.5);
  ctx.lineTo(-8, 3);
  ctx.stroke();
}

function drawCannon(ctx: CanvasRenderingContext2D, hue: number): void {
  ctx.lineCap = "round";
  ctx.lineWidth = 4.6;
  ctx.strokeStyle = "#0a0f1f";
  barrel(ctx);
  ctx.lineWidth = 2.4;
  ctx.strokeStyle = tint(hue, 86);
  barrel(ctx);
  ctx.beginPath();
  ctx.arc(0, 0, 4.4, 0, TURN);
  ctx.fillStyle = "#0a0f1f";
  ctx.fill();
  ctx.lineWidth = 1.4;
  ctx.stroke();
}

function barrel(ctx: CanvasRenderingContext2D): void {
  ctx.beginPath();
  ctx.moveTo(4, 0);
  ctx.lineTo(15, 0);
  ctx.stroke();
}

function drawFlame(ctx: CanvasRenderingContext2D, { id, hue }: ShipNow, now: number): void {
  const flicker = 0.75 + 0.25 * Math.sin(now * 61 + id * 7) + 0.12 * Math.sin(now * 113 + id);
  ctx.globalCompositeOperation = "lighter";
  for (const [length, width, lightness, alpha] of [
    [34, 7, 55, 0.5],
    [24, 5, 66, 0.7],
    [13, 3, 92, 0.95],
  ]) {
    ctx.fillStyle = tint(hue === 8 ? 26 : hue, lightness, alpha);
    ctx.beginPath();
    ctx.moveTo(-9, -width);
    ctx.quadraticCurveTo(-9 - length * flicker * 0.5, -width, -9 - length * flicker, 0);
    ctx.quadraticCurveTo(-9 - length * flicker * 0.5, width, -9, width);
    ctx.fill();
  }
  drawGlow(ctx, hue, -13, 0, 22 * flicker);
  ctx.globalCompositeOperation = "source-over";
}

function drawHalo(ctx: CanvasRenderingContext2D, now: number): void {
  ctx.globalCompositeOperation = "lighter";
  ctx.globalAlpha = 0.2;
  drawGlow(ctx, 190, 0, 0, 70);
  ctx.globalAlpha = 1;
  ctx.globalCompositeOperation = "source-over";
  ctx.lineWidth = 1.2;
  ctx.strokeStyle = tint(190, 75, 0.5);
  ctx.setLineDash([7, 9]);
  ctx.lineDashOffset = -now * 14;
  ctx.beginPath();
  ctx.arc(0, 0, 33, 0, TURN);
  ctx.stroke();
  ctx.setLineDash([]);
}

function drawShield(ctx: CanvasRenderingContext2D, hue: number, now: number): void {
  const r = SHIELD_RADIUS + Math.sin(now * 6);
  const bubble = ctx.createRadialGradient(0, 0, r * 0.6, 0, 0, r);
  bubble.addColorStop(0, tint(hue, 70, 0));
  bubble.addColorStop(0.85, tint(hue, 70, 0.18));
  bubble.addColorStop(1, tint(hue, 82, 0.6));
  ctx.fillStyle = bubble;
  ctx.beginPath();
  ctx.arc(0, 0, r, 0, TURN);
  ctx.fill();
}

/** Draws the ship's name and hull below it; the canvas is in CSS pixels. */
export function drawLabel(ctx: CanvasRenderingContext2D, ship: ShipNow, camera: Camera): void {
  const x = camera.screenX(ship.x);
  const y = camera.screenY(ship.y) + SHIP_RADIUS * camera.scale + LABEL_GAP;
  const left = Math.max(0, ship.hp / FULL_HP);
  ctx.fillStyle = "rgb(0 0 0 / 55%)";
  bar(ctx, x - BAR_WIDTH / 2 - 1, y - 1, BAR_WIDTH + 2, 5);
  ctx.fillStyle = left > 0.35 ? tint(ship.hue, 64) : "#ff5d6c";
  bar(ctx, x - BAR_WIDTH / 2, y, BAR_WIDTH * left, 3);
  ctx.fillStyle = tint(ship.hue, 84, 0.9);
  ctx.fillText(ship.own ? "you" : ship.name, x, y + 16);
}

function bar(
  ctx: CanvasRenderingContext2D,
  x: number,
  y: number,
  width: number,
  height: number,
): void {
  ctx.beginPath();
  ctx.roundRect(x, y, width, height, height / 2);
  ctx.fill();
}
