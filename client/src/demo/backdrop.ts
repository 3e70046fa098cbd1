import type { Camera } from "./camera.js";
import { FIELD, TURN } from "./rules.js";
import { contextOf, makeCanvas } from "./sprites.js";

const CELL = 256;

/** How much of the camera's way the far sky moves, and the pixels beyond the screen that it needs for that. */
const SKY_DEPTH = 0.025;
const SKY_MARGIN = (FIELD / 2) * SKY_DEPTH * 1.8;

/** Clouds: where they are in parts of the sky, how far they reach, their colour. */
const CLOUDS = [
  { x: 0.18, y: 0.24, reach: 0.55, colour: "rgb(46 84 214 / 34%)" },
  { x: 0.8, y: 0.66, reach: 0.5, colour: "rgb(126 44 190 / 30%)" },
  { x: 0.64, y: 0.12, reach: 0.36, colour: "rgb(16 150 170 / 24%)" },
  { x: 0.28, y: 0.9, reach: 0.42, colour: "rgb(176 44 110 / 20%)" },
];

/** Pixels of the sky to a star. */
const SKY_PER_STAR = 2600;

/** Nearer stars: how much of the camera's way they move, how many a tile has, their size in pixels. */
const LAYERS = [
  { depth: 0.12, stars: 34, size: 1.2, alpha: 0.6 },
  { depth: 0.28, stars: 10, size: 1.7, alpha: 0.85 },
];
const TILE = 512;

/** What lies behind everything: space, the field's grid and its walls. */
export class Backdrop {
  #sky = makeCanvas(1, 1);
  readonly #layers = LAYERS.map((layer) => ({ ...layer, places: scatter(layer.stars) }));

  /** Paints the sky for a screen of that size. */
  resize({ width, height }: Camera, dpr: number): void {
    this.#sky = paintSky(width + 2 * SKY_MARGIN, height + 2 * SKY_MARGIN, dpr);
  }

  /** Draws space over the whole screen. */
  drawSpace(ctx: CanvasRenderingContext2D, camera: Camera, dpr: number): void {
    const shift = (at: number) =>
      Math.round(((FIELD / 2 - at) * SKY_DEPTH * camera.scale - SKY_MARGIN) * dpr);
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.drawImage(this.#sky, shift(camera.x), shift(camera.y));
    ctx.setTransform(dpr, 0, 0, dpr, 0, 0);
    for (const { places, depth, size, alpha } of this.#layers) {
      ctx.fillStyle = `rgb(214 226 255 / ${alpha})`;
      for (const [x, y] of places) {
        const left = x - camera.x * depth * camera.scale;
        const top = y - camera.y * depth * camera.scale;
        dots(ctx, left, top, size, camera);
      }
    }
  }

  /** Draws the grid and the walls; the canvas is in field units. */
  drawField(ctx: CanvasRenderingContext2D, camera: Camera): void {
    drawGrid(ctx, camera);
    drawWalls(ctx);
  }
}

/** Draws a dot once a tile over the whole screen. */
function dots(
  ctx: CanvasRenderingContext2D,
  left: number,
  top: number,
  size: number,
  { width, height }: Camera,
): void {
  for (let x = ((left % TILE) + TILE) % TILE; x < width; x += TILE) {
    for (let y = ((top % TILE) + TILE) % TILE; y < height; y += TILE) {
      ctx.fillRect(x, y, size, size);
    }
  }
}

function drawGrid(ctx: CanvasRenderingContext2D, camera: Camera): void {
  ctx.lineWidth = 1 / camera.scale;
  ctx.strokeStyle = "rgb(120 160 255 / 8%)";
  ctx.beginPath();
  for (let at = CELL; at < FIELD; at += CELL) {
    ctx.moveTo(at, 0);
    ctx.lineTo(at, FIELD);
    ctx.moveTo(0, at);
    ctx.lineTo(FIELD, at);
  }
  ctx.stroke();
}

function drawWalls(ctx: CanvasRenderingContext2D): void {
  ctx.fillStyle = "rgb(2 3 8 / 74%)";
  ctx.fillRect(-FIELD, -FIELD, 3 * FIELD, FIELD);
  ctx.fillRect(-FIELD, FIELD, 3 * FIELD, FIELD);
  ctx.fillRect(-FIELD, 0, FIELD, FIELD);
  ctx.fillRect(FIELD, 0, FIELD, FIELD);
  for (const [width, alpha] of [
    [34, 4],
    [18, 8],
    [8, 20],
    [2.5, 90],
  ]) {
    ctx.lineWidth = width;
    ctx.strokeStyle = `rgb(96 150 255 / ${alpha}%)`;
    ctx.strokeRect(0, 0, FIELD, FIELD);
  }
}

function paintSky(width: number, height: number, dpr: number): HTMLCanvasElement {
  const canvas = makeCanvas(Math.ceil(width * dpr), Math.ceil(height * dpr));
  const ctx = contextOf(canvas);
  ctx.scale(dpr, dpr);
  ctx.fillStyle = "#05070f";
  ctx.fillRect(0, 0, width, height);
  for (const cloud of CLOUDS) paintCloud(ctx, cloud, width, height);
  for (let i = 0; i < (width * height) / SKY_PER_STAR; i++) {
    const warmth = Math.random() < 0.2 ? "255 222 190" : "206 222 255";
    ctx.fillStyle = `rgb(${warmth} / ${0.15 + 0.5 * Math.random()})`;
    ctx.beginPath();
    ctx.arc(Math.random() * width, Math.random() * height, 0.4 + 0.6 * Math.random(), 0, TURN);
    ctx.fill();
  }
  return canvas;
}

function paintCloud(
  ctx: CanvasRenderingContext2D,
  { x, y, reach, colour }: (typeof CLOUDS)[number],
  width: number,
  height: number,
): void {
  const [cx, cy, r] = [x * width, y * height, reach * Math.max(width, height)];
  const cloud = ctx.createRadialGradient(cx, cy, 0, cx, cy, r);
  cloud.addColorStop(0, colour);
  cloud.addColorStop(1, "transparent");
  ctx.fillStyle = cloud;
  ctx.fillRect(0, 0, width, height);
}

function scatter(stars: number): [x: number, y: number][] {
  return Array.from({ length: stars }, () => [Math.random() * TILE, Math.random() * TILE]);
}
