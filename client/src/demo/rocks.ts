import type { Asteroid } from "../arena_gen.js";
import type { Entity } from "../index.js";
import { ROCK_HP, ROCK_RADIUS, TURN } from "./rules.js";

/** Where the light comes from. */
const LIGHT = -0.375 * TURN;

/** What an asteroid looks like, at radius 1. */
interface Look {
  readonly outline: Path2D;
  readonly craters: readonly { readonly x: number; readonly y: number; readonly r: number }[];
  readonly cracks: Path2D;
  readonly hue: number;
}

/** Draws asteroids, each with a look of its own. */
export class RockPainter {
  readonly #looks = new Map<number, Look>();

  /** Draws one; the canvas is in field units. */
  draw(ctx: CanvasRenderingContext2D, rock: Entity<Asteroid>): void {
    const look = this.#look(rock.id);
    const radius = ROCK_RADIUS[rock.size];
    const angle = rock.angle * TURN;
    ctx.save();
    ctx.translate(rock.x, rock.y);
    ctx.rotate(angle);
    ctx.scale(radius, radius);
    drawBody(ctx, look, LIGHT - angle, 1 / radius);
    if (rock.hp < ROCK_HP[rock.size]) drawCracks(ctx, look, 1 / radius);
    ctx.restore();
  }

  /** Forgets an asteroid that is gone. */
  forget(id: number): void {
    this.#looks.delete(id);
  }

  #look(id: number): Look {
    const known = this.#looks.get(id);
    if (known) return known;
    const look = imagine(id);
    this.#looks.set(id, look);
    return look;
  }
}

function drawBody(ctx: CanvasRenderingContext2D, look: Look, light: number, pixel: number): void {
  const [x, y] = [Math.cos(light), Math.sin(light)];
  const stone = ctx.createLinearGradient(x, y, -x, -y);
  stone.addColorStop(0, `hsl(${look.hue} 17% 56%)`);
  stone.addColorStop(0.45, `hsl(${look.hue} 20% 29%)`);
  stone.addColorStop(1, `hsl(${look.hue} 30% 10%)`);
  ctx.fillStyle = stone;
  ctx.fill(look.outline);
  for (const crater of look.craters) drawCrater(ctx, crater, x, y);
  const rim = ctx.createLinearGradient(x, y, -x, -y);
  rim.addColorStop(0, "rgb(222 232 255 / 85%)");
  rim.addColorStop(0.5, "rgb(140 158 205 / 30%)");
  rim.addColorStop(1, "rgb(110 130 190 / 14%)");
  ctx.strokeStyle = rim;
  ctx.lineWidth = 1.7 * pixel;
  ctx.stroke(look.outline);
}

/** A hollow: its wall on the side of the light lies in shadow, the other is lit. */
function drawCrater(
  ctx: CanvasRenderingContext2D,
  { x, y, r }: Look["craters"][number],
  lightX: number,
  lightY: number,
): void {
  const hollow = ctx.createLinearGradient(
    x + lightX * r,
    y + lightY * r,
    x - lightX * r,
    y - lightY * r,
  );
  hollow.addColorStop(0, "rgb(0 0 0 / 46%)");
  hollow.addColorStop(0.6, "rgb(0 0 0 / 16%)");
  hollow.addColorStop(1, "rgb(235 240 255 / 22%)");
  ctx.fillStyle = hollow;
  ctx.beginPath();
  ctx.arc(x, y, r, 0, TURN);
  ctx.fill();
}

function drawCracks(ctx: CanvasRenderingContext2D, look: Look, pixel: number): void {
  ctx.globalCompositeOperation = "lighter";
  ctx.strokeStyle = "rgb(255 120 50 / 30%)";
  ctx.lineWidth = 5 * pixel;
  ctx.stroke(look.cracks);
  ctx.strokeStyle = "rgb(255 190 120 / 90%)";
  ctx.lineWidth = 1.3 * pixel;
  ctx.stroke(look.cracks);
  ctx.globalCompositeOperation = "source-over";
}

function imagine(seed: number): Look {
  const random = seeded(seed);
  const corners = 10 + Math.floor(random() * 4);
  const outline = new Path2D();
  for (let i = 0; i < corners; i++) {
    const at = ((i + 0.6 * (random() - 0.5)) / corners) * TURN;
    const r = 0.86 + 0.2 * random();
    outline.lineTo(r * Math.cos(at), r * Math.sin(at));
  }
  outline.closePath();
  const craters = Array.from({ length: 3 + Math.floor(random() * 3) }, () => {
    const [at, away] = [random() * TURN, 0.6 * Math.sqrt(random())];
    return { x: away * Math.cos(at), y: away * Math.sin(at), r: 0.07 + 0.13 * random() };
  });
  return { outline, craters, cracks: imagineCracks(random), hue: 222 + 26 * random() };
}

function imagineCracks(random: () => number): Path2D {
  const cracks = new Path2D();
  for (let i = 0; i < 3; i++) {
    const at = ((i + random()) / 3) * TURN;
    cracks.moveTo(0.8 * Math.cos(at), 0.8 * Math.sin(at));
    cracks.lineTo(0.5 * Math.cos(at + 0.3), 0.5 * Math.sin(at + 0.3));
    cracks.lineTo(0.3 * Math.cos(at - 0.3), 0.3 * Math.sin(at - 0.3));
    cracks.lineTo(0.08, 0.05);
  }
  return cracks;
}

/** Numbers in [0, 1) that are the same for the same asteroid on every page. */
function seeded(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
