import type { Camera } from "./camera.js";
import { type Colour, tint } from "./palette.js";
import { FULL_HP, SHIP_RADIUS } from "./rules.js";
import type { ShipNow } from "./scene.js";
import { contextOf, makeCanvas } from "./sprites.js";

const FONT = '600 11px ui-sans-serif, system-ui, "Liberation Sans", sans-serif';
const BAR_WIDTH = 36;
const GAP = 12;
const HEIGHT = 16;

/** Names kept as pictures; a room shows far fewer at a time. */
const MOST = 256;

interface Label {
  readonly canvas: HTMLCanvasElement;
  /** In CSS pixels. */
  readonly width: number;
  readonly colour: Colour;
}

/** Draws ships' names and hulls below them. Text is slow to draw, so names become pictures once. */
export class Labels {
  readonly #painted = new Map<string, Label>();
  #dpr = 1;

  /** Takes the device pixels a CSS pixel. */
  resize(dpr: number): void {
    this.#dpr = dpr;
    this.#painted.clear();
  }

  /** Draws a ship's; the canvas is in CSS pixels. */
  draw(ctx: CanvasRenderingContext2D, ship: ShipNow, camera: Camera): void {
    const x = camera.screenX(ship.x);
    const y = camera.screenY(ship.y) + SHIP_RADIUS * camera.scale + GAP;
    const left = Math.max(0, ship.hp / FULL_HP);
    ctx.fillStyle = "rgb(0 0 0 / 55%)";
    ctx.fillRect(x - BAR_WIDTH / 2 - 1, y - 1, BAR_WIDTH + 2, 5);
    ctx.fillStyle = left > 0.35 ? tint(ship.colour, 64) : "#ff5d6c";
    ctx.fillRect(x - BAR_WIDTH / 2, y, BAR_WIDTH * left, 3);
    const { canvas, width } = this.#of(ship.own ? "you" : ship.name, ship.colour);
    ctx.drawImage(canvas, x - width / 2, y + 5, width, HEIGHT);
  }

  #of(text: string, colour: Colour): Label {
    const known = this.#painted.get(text);
    if (known?.colour === colour) return known;
    if (this.#painted.size >= MOST) this.#painted.clear();
    const label = paint(text, colour, this.#dpr);
    this.#painted.set(text, label);
    return label;
  }
}

function paint(text: string, colour: Colour, dpr: number): Label {
  const canvas = makeCanvas(1, 1);
  const ctx = contextOf(canvas);
  ctx.font = FONT;
  const width = Math.ceil(ctx.measureText(text).width) + 8;
  canvas.width = Math.ceil(width * dpr);
  canvas.height = Math.ceil(HEIGHT * dpr);
  ctx.scale(dpr, dpr);
  ctx.font = FONT;
  ctx.textAlign = "center";
  ctx.lineJoin = "round";
  ctx.lineWidth = 3;
  ctx.strokeStyle = "rgb(4 6 14 / 70%)";
  ctx.strokeText(text, width / 2, 12);
  ctx.fillStyle = tint(colour, 84);
  ctx.fillText(text, width / 2, 12);
  return { canvas, width, colour };
}
