import { calm } from "./motion.js";

/** Field units across the middle of the screen, were it a square. */
const SIGHT = 880;
const MIN_SCALE = 0.62;
const MAX_SCALE = 1.7;

/** How much of the way to its mark the camera goes in a second, as an exponent. */
const PULL = 9;

/** A farther way than this, in units, is a leap and not a pan. */
const LEAP = 700;

/** Pixels a second that a shake lets go. */
const CALM = 30;

/** Where the screen looks. Sizes are in CSS pixels. */
export class Camera {
  x = 2048;
  y = 2048;
  scale = 1;
  width = 1;
  height = 1;
  #shake = 0;

  /** Takes the screen's size. */
  resize(width: number, height: number): void {
    this.width = width;
    this.height = height;
    const scale = Math.sqrt(width * height) / SIGHT;
    this.scale = Math.max(MIN_SCALE, Math.min(scale, MAX_SCALE));
  }

  /** Moves towards a place, for a time in seconds. */
  follow(x: number, y: number, dt: number): void {
    const part = Math.hypot(x - this.x, y - this.y) > LEAP ? 1 : 1 - Math.exp(-PULL * dt);
    this.x += (x - this.x) * part;
    this.y += (y - this.y) * part;
    this.#shake = Math.max(0, this.#shake - CALM * dt);
  }

  /** Shakes by so many pixels, where the player does not mind. */
  shake(pixels: number): void {
    if (calm()) return;
    this.#shake = Math.max(this.#shake, pixels);
  }

  /** Makes the canvas draw in field units around the camera; dpr is device pixels a CSS pixel. */
  toField(ctx: CanvasRenderingContext2D, dpr: number): void {
    const scale = this.scale * dpr;
    const left = (this.width / 2 + this.#jolt()) * dpr - this.x * scale;
    const top = (this.height / 2 + this.#jolt()) * dpr - this.y * scale;
    ctx.setTransform(scale, 0, 0, scale, left, top);
  }

  #jolt(): number {
    return (Math.random() - 0.5) * 2 * this.#shake;
  }

  /** The place on the screen of a place in the field. */
  screenX(x: number): number {
    return (x - this.x) * this.scale + this.width / 2;
  }

  screenY(y: number): number {
    return (y - this.y) * this.scale + this.height / 2;
  }

  /** Whether any of a disc is on the screen. */
  sees(x: number, y: number, radius: number): boolean {
    const reachX = this.width / 2 / this.scale + radius;
    const reachY = this.height / 2 / this.scale + radius;
    return Math.abs(x - this.x) < reachX && Math.abs(y - this.y) < reachY;
  }
}
