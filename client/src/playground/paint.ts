import type { Palette } from "./colours.js";
import { type Box, gridStep, type Projection } from "./layout.js";

/** Pixels: an entity's size, and that of the ring around one that is followed. */
const SIZE = 5;
const RING = 15;

const TURN = 2 * Math.PI;
const FONT = "11px ui-sans-serif, system-ui, 'Liberation Sans', sans-serif";

/** A drawing surface and how the game's units come on it. Sizes are in CSS pixels. */
export interface Surface {
  readonly ctx: CanvasRenderingContext2D;
  readonly width: number;
  readonly height: number;
  readonly palette: Palette;
  readonly projection: Projection;
}

/** A place on the map, in pixels. */
export interface Spot {
  readonly left: number;
  readonly top: number;
}

/** Draws lines with their numbers, and the edge of the whole field. */
export function paintGrid({ ctx, width, height, palette, projection }: Surface, whole: Box): void {
  const { scale, dx, dy } = projection;
  ctx.lineWidth = 1;
  ctx.font = FONT;
  ctx.fillStyle = palette.text;
  ctx.strokeStyle = palette.line;
  ctx.beginPath();
  for (const { at, text } of lines(scale, dx, width)) {
    ctx.moveTo(at, 0);
    ctx.lineTo(at, height);
    ctx.fillText(text, at + 3, height - 4);
  }
  for (const { at, text } of lines(scale, dy, height)) {
    ctx.moveTo(0, at);
    ctx.lineTo(width, at);
    ctx.fillText(text, 3, at - 3);
  }
  ctx.stroke();
  ctx.strokeStyle = palette.edge;
  const [left, top] = [whole.left * scale + dx, whole.top * scale + dy];
  ctx.strokeRect(left, top, whole.right * scale + dx - left, whole.bottom * scale + dy - top);
}

/** The grid's lines along one axis of so many pixels. */
function lines(scale: number, shift: number, length: number): { at: number; text: string }[] {
  const step = gridStep(scale);
  const first = Math.ceil(-shift / scale / step);
  const count = Math.floor((length - shift) / scale / step) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, i) => {
    const value = (first + i) * step;
    return { at: Math.round(value * scale + shift) + 0.5, text: `${Number(value.toPrecision(6))}` };
  });
}

/** Draws entities of one colour at spots; with a heading in turns as darts, else as dots. */
export function paintCrowd(
  { ctx }: Surface,
  colour: string,
  spots: readonly Spot[],
  headings: readonly number[] | undefined,
): void {
  ctx.fillStyle = colour;
  ctx.beginPath();
  spots.forEach((spot, i) => {
    if (headings) dart(ctx, spot, headings[i] * TURN);
    else dot(ctx, spot);
  });
  ctx.fill();
}

function dot(ctx: CanvasRenderingContext2D, { left, top }: Spot): void {
  ctx.moveTo(left + SIZE, top);
  ctx.arc(left, top, SIZE, 0, TURN);
}

function dart(ctx: CanvasRenderingContext2D, { left, top }: Spot, angle: number): void {
  const corner = (turn: number, size: number): [number, number] => [
    left + size * Math.cos(angle + turn * TURN),
    top + size * Math.sin(angle + turn * TURN),
  ];
  ctx.moveTo(...corner(0, 1.8 * SIZE));
  ctx.lineTo(...corner(0.38, 1.3 * SIZE));
  ctx.lineTo(...corner(0.5, 0.6 * SIZE));
  ctx.lineTo(...corner(-0.38, 1.3 * SIZE));
  ctx.closePath();
}

/** Draws a ring around the entity that is followed, with its id. */
export function paintFollowed({ ctx, palette }: Surface, { left, top }: Spot, id: number): void {
  ctx.strokeStyle = palette.mark;
  ctx.fillStyle = palette.mark;
  ctx.lineWidth = 2;
  ctx.beginPath();
  ctx.arc(left, top, RING, 0, TURN);
  ctx.stroke();
  ctx.fillText(`#${id}`, left + RING + 4, top + 4);
}
