import { calm } from "./motion.js";
import { type Colour, DUST, FIRE, tint } from "./palette.js";
import { TURN } from "./rules.js";
import { drawGlow } from "./sprites.js";

/** More lights than these are not noticed. */
const MAX_SPARKS = 900;
const MAX_RINGS = 60;

/** The part of the sparks that who wants it calm gets. */
const CALM = 0.3;

interface Spark {
  x: number;
  y: number;
  vx: number;
  vy: number;
  /** Seconds that it has left, and had at first. */
  left: number;
  life: number;
  size: number;
  colour: Colour;
}

interface Ring {
  x: number;
  y: number;
  reach: number;
  left: number;
  life: number;
  colour: Colour;
}

/** Lights of which the first `live` are there; the others wait to be used again. */
class Lights<T extends { left: number }> {
  readonly all: T[] = [];
  live = 0;
  readonly #most: number;
  readonly #make: () => T;

  constructor(most: number, make: () => T) {
    this.#most = most;
    this.#make = make;
  }

  /** A light to be filled in; undefined where there are too many. */
  next(): T | undefined {
    if (this.live === this.#most) return undefined;
    if (this.live === this.all.length) this.all.push(this.#make());
    return this.all[this.live++];
  }

  /** Lets a time in seconds pass. */
  pass(dt: number): void {
    for (let i = 0; i < this.live; ) {
      const light = this.all[i];
      light.left -= dt;
      if (light.left > 0) {
        i++;
        continue;
      }
      this.live--;
      this.all[i] = this.all[this.live];
      this.all[this.live] = light;
    }
  }
}

/** Lights that come and go on this page alone: no game is played with them. */
export class Effects {
  readonly #sparks = new Lights<Spark>(MAX_SPARKS, () => ({
    x: 0,
    y: 0,
    vx: 0,
    vy: 0,
    left: 0,
    life: 0,
    size: 0,
    colour: FIRE,
  }));
  readonly #rings = new Lights<Ring>(MAX_RINGS, () => ({
    x: 0,
    y: 0,
    reach: 0,
    left: 0,
    life: 0,
    colour: FIRE,
  }));

  /** A ship bursts. */
  explode(x: number, y: number, colour: Colour): void {
    this.#burst(x, y, 26, 330, 0.9, 15, FIRE);
    this.#burst(x, y, 30, 210, 1.3, 9, colour);
    this.#burst(x, y, 5, 30, 0.5, 80, FIRE);
    this.#ring(x, y, 150, colour, 0.7);
    this.#ring(x, y, 90, FIRE, 0.4);
  }

  /** An asteroid of a radius breaks. */
  crumble(x: number, y: number, radius: number): void {
    this.#burst(x, y, 8 + Math.round(radius / 4), 60 + 2 * radius, 0.8, 5, DUST);
    this.#burst(x, y, 4, 40, 0.35, radius, FIRE);
    this.#ring(x, y, radius * 1.5, DUST, 0.4);
  }

  /** A shot hits or dies away. */
  fizzle(x: number, y: number, colour: Colour): void {
    this.#burst(x, y, 6, 120, 0.3, 6, colour);
  }

  /** A ship is hit. */
  hit(x: number, y: number, colour: Colour): void {
    this.#burst(x, y, 12, 190, 0.45, 6, colour);
    this.#ring(x, y, 34, colour, 0.25);
  }

  /** A cannon fires. */
  muzzle(x: number, y: number, colour: Colour): void {
    this.#burst(x, y, 2, 10, 0.12, 34, colour);
  }

  /** An engine burns: a heading in turns, and which part of a light is due. */
  exhaust(x: number, y: number, heading: number, colour: Colour, due: number): void {
    if (Math.random() > due) return;
    const way = (heading + 0.5 + 0.05 * (Math.random() - 0.5)) * TURN;
    const speed = 90 + 90 * Math.random();
    this.#spark(x + 13 * Math.cos(way), y + 13 * Math.sin(way), way, speed, 0.5, 8, colour);
  }

  /** Lets a time in seconds pass. */
  pass(dt: number): void {
    this.#sparks.pass(dt);
    this.#rings.pass(dt);
    const drag = Math.exp(-2.4 * dt);
    const { all, live } = this.#sparks;
    for (let i = 0; i < live; i++) {
      const spark = all[i];
      spark.x += spark.vx * dt;
      spark.y += spark.vy * dt;
      spark.vx *= drag;
      spark.vy *= drag;
    }
  }

  /** Draws all lights; the canvas is in field units. */
  draw(ctx: CanvasRenderingContext2D): void {
    ctx.globalCompositeOperation = "lighter";
    for (let i = 0; i < this.#sparks.live; i++) {
      const { x, y, left, life, size, colour } = this.#sparks.all[i];
      const part = left / life;
      ctx.globalAlpha = Math.min(1, 1.6 * part);
      drawGlow(ctx, colour, x, y, size * (0.35 + 0.65 * part));
    }
    ctx.globalAlpha = 1;
    for (let i = 0; i < this.#rings.live; i++) drawRing(ctx, this.#rings.all[i]);
    ctx.globalCompositeOperation = "source-over";
  }

  #burst(
    x: number,
    y: number,
    count: number,
    speed: number,
    life: number,
    size: number,
    colour: Colour,
  ): void {
    const sparks = calm() ? Math.ceil(CALM * count) : count;
    for (let i = 0; i < sparks; i++) {
      const fast = speed * (0.25 + 0.75 * Math.random());
      this.#spark(
        x,
        y,
        Math.random() * TURN,
        fast,
        life * (0.5 + 0.5 * Math.random()),
        size,
        colour,
      );
    }
  }

  #spark(
    x: number,
    y: number,
    way: number,
    speed: number,
    life: number,
    size: number,
    colour: Colour,
  ): void {
    const spark = this.#sparks.next();
    if (!spark) return;
    spark.x = x;
    spark.y = y;
    spark.vx = speed * Math.cos(way);
    spark.vy = speed * Math.sin(way);
    spark.left = spark.life = life;
    spark.size = size;
    spark.colour = colour;
  }

  #ring(x: number, y: number, reach: number, colour: Colour, life: number): void {
    const ring = this.#rings.next();
    if (!ring) return;
    ring.x = x;
    ring.y = y;
    ring.reach = reach;
    ring.left = ring.life = life;
    ring.colour = colour;
  }
}

function drawRing(ctx: CanvasRenderingContext2D, { x, y, left, life, reach, colour }: Ring): void {
  const part = left / life;
  ctx.lineWidth = 1 + 5 * part;
  ctx.strokeStyle = tint(colour, 72, 0.75 * part * part);
  ctx.beginPath();
  ctx.arc(x, y, reach * (1 - part * part), 0, TURN);
  ctx.stroke();
}
