import { type Colour, tint } from "./palette.js";

const GLOW = 64;
const BOLT_LENGTH = 96;
const BOLT_WIDTH = 32;

/** What paints a picture of a colour, and the pictures that it has painted. */
type Brush = (ctx: CanvasRenderingContext2D, colour: Colour) => void;

/** Pictures of one kind, painted once for each colour. */
export class Sprites {
  readonly #painted = new Map<Colour, HTMLCanvasElement>();
  readonly #width: number;
  readonly #height: number;
  readonly #paint: Brush;

  /** @param width in pixels, as the height */
  constructor(width: number, height: number, paint: Brush) {
    this.#width = width;
    this.#height = height;
    this.#paint = paint;
  }

  of(colour: Colour): HTMLCanvasElement {
    let canvas = this.#painted.get(colour);
    if (!canvas) {
      canvas = makeCanvas(this.#width, this.#height);
      this.#paint(contextOf(canvas), colour);
      this.#painted.set(colour, canvas);
    }
    return canvas;
  }
}

/** A soft round light, white in its middle. */
const glows = new Sprites(GLOW, GLOW, (ctx, colour) => {
  const r = GLOW / 2;
  const light = ctx.createRadialGradient(r, r, 0, r, r, r);
  light.addColorStop(0, tint(colour, 97));
  light.addColorStop(0.18, tint(colour, 78, 0.85));
  light.addColorStop(0.45, tint(colour, 56, 0.28));
  light.addColorStop(1, tint(colour, 50, 0));
  ctx.fillStyle = light;
  ctx.fillRect(0, 0, GLOW, GLOW);
});

const bolts = new Sprites(BOLT_LENGTH, BOLT_WIDTH, (ctx, colour) => {
  const middle = BOLT_WIDTH / 2;
  const tip = BOLT_LENGTH * 0.75;
  const tail = ctx.createLinearGradient(0, 0, tip, 0);
  tail.addColorStop(0, tint(colour, 55, 0));
  tail.addColorStop(0.7, tint(colour, 60, 0.45));
  tail.addColorStop(1, tint(colour, 85));
  ctx.fillStyle = tail;
  ctx.beginPath();
  ctx.moveTo(0, middle);
  ctx.lineTo(tip, middle - 4.5);
  ctx.arc(tip, middle, 4.5, -Math.PI / 2, Math.PI / 2);
  ctx.closePath();
  ctx.fill();
  ctx.globalCompositeOperation = "lighter";
  ctx.drawImage(glows.of(colour), tip - middle, 0, BOLT_WIDTH, BOLT_WIDTH);
});

/** A shot that flies to the right, its tip at three quarters of the width. */
export function bolt(colour: Colour): HTMLCanvasElement {
  return bolts.of(colour);
}

/** Draws a light around a place; the caller has set the canvas to add light. */
export function drawGlow(
  ctx: CanvasRenderingContext2D,
  colour: Colour,
  x: number,
  y: number,
  radius: number,
): void {
  ctx.drawImage(glows.of(colour), x - radius, y - radius, 2 * radius, 2 * radius);
}

/** A canvas beside the page. */
export function makeCanvas(width: number, height: number): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  return canvas;
}

/** The canvas's 2D context, which every browser with modules has. */
export function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const ctx = canvas.getContext("2d");
  if (ctx === null) throw new Error("this browser has no 2D canvas");
  return ctx;
}
