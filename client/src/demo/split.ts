import type { Look } from "../index.js";
import { byId } from "./page.js";
import { tint } from "./palette.js";
import { TURN } from "./rules.js";
import { type ArenaRoom, blankShip, copyShip, type ShipNow } from "./scene.js";
import { drawShip } from "./ships.js";
import { contextOf } from "./sprites.js";

/** Field units across a view. */
const SIGHT = 230;

/** Field units between two lines of the grid. */
const CELL = 64;

/** Device pixels a CSS pixel. */
const SHARP = 2;

/** Positions that a trail has. */
const TRAIL = 24;

const LOOKS = ["newest", "interpolated", "drawn"] as const;

/** Shows the player's own ship three times: as the newest state has it, interpolated, and predicted. */
export class Split {
  readonly #root = byId("split");
  readonly #views = LOOKS.map((look) => new ShipView(look));

  get shown(): boolean {
    return !this.#root.hidden;
  }

  show(shown: boolean): void {
    this.#root.hidden = !shown;
    for (const view of this.#views) view.forget();
  }

  /** Draws a frame at a time in seconds, around the ship as it is drawn. */
  draw(room: ArenaRoom, own: ShipNow | undefined, now: number): void {
    if (!this.shown) return;
    for (const view of this.#views) view.draw(room, own, now);
  }
}

/** One of the three. All look at the same place, so that what differs is seen. */
class ShipView {
  readonly #look: Look | undefined;
  readonly #canvas: HTMLCanvasElement;
  readonly #ctx: CanvasRenderingContext2D;
  readonly #text: HTMLElement;
  readonly #ship = blankShip();
  readonly #trail = new Float32Array(2 * TRAIL);
  #trailed = 0;

  constructor(look: (typeof LOOKS)[number]) {
    this.#look = look === "drawn" ? undefined : look;
    this.#canvas = byId(`split-${look}`);
    this.#ctx = contextOf(this.#canvas);
    this.#text = byId(`split-${look}-text`);
  }

  forget(): void {
    this.#trailed = 0;
  }

  draw(room: ArenaRoom, own: ShipNow | undefined, now: number): void {
    this.#resize();
    const { width, height } = this.#canvas;
    const ctx = this.#ctx;
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.clearRect(0, 0, width, height);
    const seen = own && room.view("Ship", this.#look).get(own.id);
    if (!own?.alive || !seen) {
      this.#say("no ship");
      return;
    }
    copyShip(this.#ship, seen);
    this.#ship.colour = own.colour;
    const scale = Math.min(width, height) / SIGHT;
    ctx.setTransform(scale, 0, 0, scale, width / 2 - own.x * scale, height / 2 - own.y * scale);
    drawGrid(ctx, own, SIGHT * (width / height));
    this.#drawTrail();
    if (this.#ship.alive) drawShip(ctx, this.#ship, this.#ship.aim, now, 0);
    drawCross(ctx, own);
    this.#say(`${Math.round(Math.hypot(seen.x - own.x, seen.y - own.y))} units off`);
  }

  #drawTrail(): void {
    const { x, y, colour } = this.#ship;
    const at = 2 * (this.#trailed++ % TRAIL);
    this.#trail[at] = x;
    this.#trail[at + 1] = y;
    this.#ctx.fillStyle = tint(colour, 70, 0.5);
    for (let i = 0; i < 2 * Math.min(this.#trailed, TRAIL); i += 2) {
      this.#ctx.fillRect(this.#trail[i] - 1, this.#trail[i + 1] - 1, 2, 2);
    }
  }

  #say(text: string): void {
    if (this.#text.textContent !== text) this.#text.textContent = text;
  }

  #resize(): void {
    const { clientWidth, clientHeight } = this.#canvas;
    const [width, height] = [clientWidth * SHARP, clientHeight * SHARP];
    if (this.#canvas.width === width && this.#canvas.height === height) return;
    this.#canvas.width = width;
    this.#canvas.height = height;
  }
}

function drawGrid(ctx: CanvasRenderingContext2D, { x, y }: ShipNow, reach: number): void {
  ctx.lineWidth = 1;
  ctx.strokeStyle = "rgb(120 160 255 / 22%)";
  ctx.beginPath();
  for (let at = Math.ceil((x - reach) / CELL) * CELL; at < x + reach; at += CELL) {
    ctx.moveTo(at, y - reach);
    ctx.lineTo(at, y + reach);
  }
  for (let at = Math.ceil((y - reach) / CELL) * CELL; at < y + reach; at += CELL) {
    ctx.moveTo(x - reach, at);
    ctx.lineTo(x + reach, at);
  }
  ctx.stroke();
}

/** Marks where the ship is drawn on the field. */
function drawCross(ctx: CanvasRenderingContext2D, { x, y }: ShipNow): void {
  ctx.lineWidth = 1.2;
  ctx.strokeStyle = "rgb(255 255 255 / 70%)";
  ctx.beginPath();
  ctx.arc(x, y, 30, 0, TURN);
  ctx.stroke();
}
