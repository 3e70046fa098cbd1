import type { Camera } from "./camera.js";
import { tint } from "./palette.js";
import { FIELD, ROCK_RADIUS, TURN } from "./rules.js";
import type { Scene, ShipNow } from "./scene.js";
import { contextOf, Sprites } from "./sprites.js";

const SIDE = 168;
const SHARP = 2;

/** Field units from the middle of a ship's dot to the edge of its light. */
const DOT = 110;

const dots = new Sprites(32, 32, (ctx, colour) => {
  ctx.fillStyle = tint(colour, 60, 0.25);
  disc(ctx, 16, 16, 16);
  ctx.fillStyle = tint(colour, 66);
  disc(ctx, 16, 16, 8);
});

/** Draws the whole field small. */
export class Minimap {
  readonly #ctx: CanvasRenderingContext2D;

  constructor(canvas: HTMLCanvasElement) {
    canvas.width = SIDE * SHARP;
    canvas.height = SIDE * SHARP;
    this.#ctx = contextOf(canvas);
  }

  draw(scene: Scene, camera: Camera): void {
    const ctx = this.#ctx;
    const scale = (SIDE * SHARP) / FIELD;
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.clearRect(0, 0, SIDE * SHARP, SIDE * SHARP);
    ctx.setTransform(scale, 0, 0, scale, 0, 0);
    ctx.fillStyle = "rgb(150 165 205 / 42%)";
    drawRocks(ctx, scene);
    drawSight(ctx, camera);
    for (const ship of scene.ships) if (ship.alive && !ship.own) drawOther(ctx, ship);
    if (scene.own?.alive) drawOwn(ctx, scene.own);
  }
}

function drawSight(ctx: CanvasRenderingContext2D, camera: Camera): void {
  const width = camera.width / camera.scale;
  const height = camera.height / camera.scale;
  ctx.lineWidth = 14;
  ctx.strokeStyle = "rgb(150 180 255 / 30%)";
  ctx.strokeRect(camera.x - width / 2, camera.y - height / 2, width, height);
}

/** All as one path: filling is what costs. */
function drawRocks(ctx: CanvasRenderingContext2D, { rocks }: Scene): void {
  ctx.beginPath();
  for (const { x, y, size } of rocks) {
    const r = ROCK_RADIUS[size] + 14;
    ctx.moveTo(x + r, y);
    ctx.arc(x, y, r, 0, TURN);
  }
  ctx.fill();
}

function drawOther(ctx: CanvasRenderingContext2D, { x, y, colour }: ShipNow): void {
  ctx.drawImage(dots.of(colour), x - DOT, y - DOT, 2 * DOT, 2 * DOT);
}

function drawOwn(ctx: CanvasRenderingContext2D, { x, y, heading, colour }: ShipNow): void {
  ctx.fillStyle = tint(colour, 60, 0.3);
  disc(ctx, x, y, 170);
  ctx.save();
  ctx.translate(x, y);
  ctx.rotate(heading * TURN);
  ctx.fillStyle = "#fff";
  ctx.beginPath();
  ctx.moveTo(130, 0);
  ctx.lineTo(-85, -85);
  ctx.lineTo(-45, 0);
  ctx.lineTo(-85, 85);
  ctx.fill();
  ctx.restore();
}

function disc(ctx: CanvasRenderingContext2D, x: number, y: number, r: number): void {
  ctx.beginPath();
  ctx.arc(x, y, r, 0, TURN);
  ctx.fill();
}
