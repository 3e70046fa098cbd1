import { tint } from "./palette.js";

const GLOW = 64;
const BOLT_LENGTH = 96;
const BOLT_WIDTH = 32;

const sprites = new Map<string, HTMLCanvasElement>();

/** A soft round light of a hue, white in its middle; 64 pixels wide. */
export function glow(hue: number): HTMLCanvasElement {
  return cached(`glow ${hue}`, GLOW, GLOW, (ctx) => {
    const r = GLOW / 2;
    const light = ctx.createRadialGradient(r, r, 0, r, r, r);
    light.addColorStop(0, tint(hue, 97));
    light.addColorStop(0.18, tint(hue, 78, 0.85));
    light.addColorStop(0.45, tint(hue, 56, 0.28));
    light.addColorStop(1, tint(hue, 50, 0));
    ctx.fillStyle = light;
    ctx.fillRect(0, 0, GLOW, GLOW);
  });
}

/** A shot that flies to the right, its tip at three quarters of the width. */
export function bolt(hue: number): HTMLCanvasElement {
  return cached(`bolt ${hue}`, BOLT_LENGTH, BOLT_WIDTH, (ctx) => {
    const middle = BOLT_WIDTH / 2;
    const tip = BOLT_LENGTH * 0.75;
    const tail = ctx.createLinearGradient(0, 0, tip, 0);
    tail.addColorStop(0, tint(hue, 55, 0));
    tail.addColorStop(0.7, tint(hue, 60, 0.45));
    tail.addColorStop(1, tint(hue, 85));
    ctx.fillStyle = tail;
    ctx.beginPath();
    ctx.moveTo(0, middle);
    ctx.lineTo(tip, middle - 4.5);
    ctx.arc(tip, middle, 4.5, -Math.PI / 2, Math.PI / 2);
    ctx.closePath();
    ctx.fill();
    ctx.globalCompositeOperation = "lighter";
    ctx.drawImage(glow(hue), tip - middle, 0, BOLT_WIDTH, BOLT_WIDTH);
  });
}

/** Draws a light around a place; the caller has set the canvas to add light. */
export function drawGlow(
  ctx: CanvasRenderingContext2D,
  hue: number,
  x: number,
  y: number,
  radius: number,
): void {
  ctx.drawImage(glow(hue), x - radius, y - radius, 2 * radius, 2 * radius);
}

function cached(
  key: string,
  width: number,
  height: number,
  draw: (ctx: CanvasRenderingContext2D) => void,
): HTMLCanvasElement {
  const known = sprites.get(key);
  if (known) return known;
  const canvas = makeCanvas(width, height);
  draw(contextOf(canvas));
  sprites.set(key, canvas);
  return canvas;
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
