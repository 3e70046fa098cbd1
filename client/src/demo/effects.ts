import { tint } from "./palette.js";
import { TURN } from "./rules.js";
import { drawGlow } from "./sprites.js";

/** More lights than this are not noticed. */
const MAX_SPARKS = 900;

interface Spark {
  x: number;
  y: number;
  vx: number;
  vy: number;
  /** Seconds that it has left, and had at first. */
  left: number;
  readonly life: number;
  readonly size: number;
  readonly hue: number;
}

interface Ring {
  readonly x: number;
  readonly y: number;
  readonly reach: number;
  readonly hue: number;
  left: number;
  readonly life: number;
}

/** Lights that come and go on this page alone: no game is played with them. */
export class Effects {
  #sparks: Spark[] = [];
  #rings: Ring[] = [];

  /** A ship bursts. */
  explode(x: number, y: number, hue: number): void {
    this.#burst(x, y, { count: 26, speed: 330, life: 0.9, size: 15, hue: 34 });
    this.#burst(x, y, { count: 30, speed: 210, life: 1.3, size: 9, hue });
    this.#burst(x, y, { count: 5, speed: 30, life: 0.5, size: 80, hue: 40 });
    this.#ring(x, y, 150, hue, 0.7);
    this.#ring(x, y, 90, 40, 0.4);
  }

  /** An asteroid of a radius breaks. */
  crumble(x: number, y: number, radius: number): void {
    const count = 8 + Math.round(radius / 4);
    this.#burst(x, y, { count, speed: 60 + 2 * radius, life: 0.8, size: 5, hue: 225 });
    this.#burst(x, y, { count: 4, speed: 40, life: 0.35, size: radius, hue: 32 });
    this.#ring(x, y, radius * 1.5, 225, 0.4);
  }

  /** A shot hits or dies away. */
  fizzle(x: number, y: number, hue: number): void {
    this.#burst(x, y, { count: 6, speed: 120, life: 0.3, size: 6, hue });
  }

  /** A ship is hit. */
  hit(x: number, y: number, hue: number): void {
    this.#burst(x, y, { count: 12, speed: 190, life: 0.45, size: 6, hue });
    this.#ring(x, y, 34, hue, 0.25);
  }

  /** A cannon fires. */
  muzzle(x: number, y: number, hue: number): void {
    this.#burst(x, y, { count: 2, speed: 10, life: 0.12, size: 34, hue });
  }

  /** An engine burns: a heading in turns, and which part of a light is due. */
  exhaust(x: number, y: number, heading: number, hue: number, due: number): void {
    if (Math.random() > due) return;
    const way = (heading + 0.5 + 0.05 * (Math.random() - 0.5)) * TURN;
    const speed = 90 + 90 * Math.random();
    this.#add({
      x: x + 13 * Math.cos(way),
      y: y + 13 * Math.sin(way),
      vx: speed * Math.cos(way),
      vy: speed * Math.sin(way),
      left: 0.5,
      life: 0.5,
      size: 8,
      hue,
    });
  }

  /** Lets a time in seconds pass. */
  pass(dt: number): void {
    const drag = Math.exp(-2.4 * dt);
    for (const spark of this.#sparks) {
      spark.x += spark.vx * dt;
      spark.y += spark.vy * dt;
      spark.vx *= drag;
      spark.vy *= drag;
      spark.left -= dt;
    }
    for (const ring of this.#rings) ring.left -= dt;
    this.#sparks = this.#sparks.filter(({ left }) => left > 0);
    this.#rings = this.#rings.filter(({ left }) => left > 0);
  }

  /** Draws all lights; the canvas is in field units. */
  draw(ctx: CanvasRenderingContext2D): void {
    ctx.globalCompositeOperation = "lighter";
    for (const { x, y, left, life, size, hue } of this.#sparks) {
      const part = left / life;
      ctx.globalAlpha = Math.min(1, 1.6 * part);
      drawGlow(ctx, hue, x, y, size * (0.35 + 0.65 * part));
    }
    ctx.globalAlpha = 1;
    for (const { x, y, left, life, reach, hue } of this.#rings) {
      const part = left / life;
      ctx.lineWidth = 1 + 5 * part;
      ctx.strokeStyle = tint(hue, 72, 0.75 * part * part);
      ctx.beginPath();
      ctx.arc(x, y, reach * (1 - part * part), 0, TURN);
      ctx.stroke();
    }
    ctx.globalCompositeOperation = "source-over";
  }

  #burst(
    x: number,
    y: number,
    of: { count: number; speed: number; life: number; size: number; hue: number },
  ): void {
    for (let i = 0; i < of.count; i++) {
      const way = Math.random() * TURN;
      const speed = of.speed * (0.25 + 0.75 * Math.random());
      const life = of.life * (0.5 + 0.5 * Math.random());
      const [vx, vy] = [speed * Math.cos(way), speed * Math.sin(way)];
      this.#add({ x, y, vx, vy, left: life, life, size: of.size, hue: of.hue });
    }
  }

  #ring(x: number, y: number, reach: number, hue: number, life: number): void {
    this.#rings.push({ x, y, reach, hue, left: life, life });
  }

  #add(spark: Spark): void {
    if (this.#sparks.length < MAX_SPARKS) this.#sparks.push(spark);
  }
}
