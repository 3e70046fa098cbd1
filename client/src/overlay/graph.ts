import { POINTS, type Point } from "./trail.js";

const HEIGHT = 64;

/** Milliseconds at the top of the graph. */
const TOP = 400;

const COLOURS = { rtt: "#5ee7ff", delay: "#ffd166", starved: "#ff5d73", corrected: "#c792ff" };

/** A canvas that shows the last seconds: round trip, delay, where nothing was there to draw, corrections. */
export class Graph {
  readonly canvas: HTMLCanvasElement;

  constructor() {
    this.canvas = document.createElement("canvas");
    this.canvas.width = 2 * POINTS;
    this.canvas.height = HEIGHT;
    this.canvas.setAttribute("aria-hidden", "true"); // the figures say it in words
    this.canvas.style.cssText = "display:block;width:100%;height:48px;margin-top:6px";
  }

  draw(points: readonly Point[]): void {
    const ctx = this.canvas.getContext("2d");
    if (ctx === null) return;
    ctx.clearRect(0, 0, this.canvas.width, HEIGHT);
    points.forEach(({ ahead, corrected }, i) => {
      if (ahead < 0) bar(ctx, i, COLOURS.starved);
      else if (corrected) bar(ctx, i, COLOURS.corrected);
    });
    const heights = (of: (point: Point) => number) => points.map((point) => of(point) / TOP);
    line(
      ctx,
      heights(({ rtt }) => rtt),
      COLOURS.rtt,
    );
    line(
      ctx,
      heights(({ delay }) => delay),
      COLOURS.delay,
    );
  }
}

function bar(ctx: CanvasRenderingContext2D, i: number, colour: string): void {
  ctx.fillStyle = colour;
  ctx.globalAlpha = 0.45;
  ctx.fillRect(2 * i, 0, 2, HEIGHT);
  ctx.globalAlpha = 1;
}

/** Draws a line through heights, 0 to 1. */
function line(ctx: CanvasRenderingContext2D, heights: readonly number[], colour: string): void {
  ctx.strokeStyle = colour;
  ctx.lineWidth = 2;
  ctx.beginPath();
  heights.forEach((height, i) => {
    ctx.lineTo(2 * i, HEIGHT - 1 - Math.min(height, 1) * (HEIGHT - 2));
  });
  ctx.stroke();
}
