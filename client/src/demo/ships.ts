import { cannons, crabs, darts, flames, litCrabs, litDarts, REACH, shields } from "./hulls.js";
import { tint } from "./palette.js";
import { TURN } from "./rules.js";
import type { ShipNow } from "./scene.js";
import { drawGlow, type Sprites } from "./sprites.js";

/** The ring around the player's own ship. */
const DASHES = [7, 9];
const NO_DASHES: number[] = [];

/** Where a flame starts behind a ship's middle, in units. */
const STERN = -9;

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
  if (ship.own) drawHalo(ctx, ship, now);
  ctx.rotate(ship.heading * TURN);
  if (ship.thrusting) drawFlame(ctx, ship, now);
  drawHull(ctx, ship, hit);
  ctx.rotate((aim - ship.heading) * TURN);
  drawPicture(ctx, cannons, ship);
  if (ship.shielded) drawShield(ctx, ship, now);
  ctx.restore();
}

function drawPicture(ctx: CanvasRenderingContext2D, of: Sprites, { colour }: ShipNow): void {
  ctx.drawImage(of.of(colour), -REACH, -REACH, 2 * REACH, 2 * REACH);
}

function drawHull(ctx: CanvasRenderingContext2D, ship: ShipNow, hit: number): void {
  drawPicture(ctx, ship.owner === 0 ? crabs : darts, ship);
  if (hit <= 0) return;
  ctx.globalAlpha = hit;
  drawPicture(ctx, ship.owner === 0 ? litCrabs : litDarts, ship);
  ctx.globalAlpha = 1;
}

function drawFlame(ctx: CanvasRenderingContext2D, ship: ShipNow, now: number): void {
  const flicker =
    0.75 + 0.25 * Math.sin(now * 61 + ship.id * 7) + 0.12 * Math.sin(now * 113 + ship.id);
  const reach = REACH * flicker;
  ctx.globalCompositeOperation = "lighter";
  ctx.drawImage(flames.of(ship.colour), STERN - reach, -REACH, 2 * reach, 2 * REACH);
  ctx.globalCompositeOperation = "source-over";
}

function drawHalo(ctx: CanvasRenderingContext2D, { colour }: ShipNow, now: number): void {
  ctx.globalCompositeOperation = "lighter";
  ctx.globalAlpha = 0.2;
  drawGlow(ctx, colour, 0, 0, 70);
  ctx.globalAlpha = 1;
  ctx.globalCompositeOperation = "source-over";
  ctx.lineWidth = 1.2;
  ctx.strokeStyle = tint(colour, 75, 0.5);
  ctx.setLineDash(DASHES);
  ctx.lineDashOffset = -now * 14;
  ctx.beginPath();
  ctx.arc(0, 0, 33, 0, TURN);
  ctx.stroke();
  ctx.setLineDash(NO_DASHES);
}

function drawShield(ctx: CanvasRenderingContext2D, { colour }: ShipNow, now: number): void {
  const reach = REACH * (1 + 0.04 * Math.sin(now * 6));
  ctx.drawImage(shields.of(colour), -reach, -reach, 2 * reach, 2 * reach);
}
