import type { Field, Kind } from "../index.js";
import { isPlaced, rangeOf } from "./fields.js";

/** Pixels from the map's edge to what it shows. */
const MARGIN = 16;

/** Pixels that two lines of the grid are apart at least. */
const GRID_GAP = 70;

/** What is shown grows by this part of its longer side at once, so that it seldom grows. */
const SPARE = 1 / 4;

/** The part of the whole field that is shown at least, and from which on all of it is. */
const LEAST_PART = 1 / 64;
const WHOLE_PART = 1 / 2;

/** A part of the field, in the game's units; y runs down. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** How the game's units become the map's pixels: `scale * x + dx`. */
export interface Projection {
  /** Pixels a unit. */
  readonly scale: number;
  readonly dx: number;
  readonly dy: number;
}

/** Where entities can be by the schema; undefined where no kind has a place. */
export function wholeField(kinds: readonly Kind[]): Box | undefined {
  const boxes = kinds.filter(isPlaced).map(({ fields, x, y }) => {
    const [across, down] = [axis(fields[x]), axis(fields[y])];
    return { left: across.min, top: down.min, right: across.max, bottom: down.max };
  });
  return boxes.length === 0 ? undefined : boxes.reduce(union);
}

function axis(field: Field | undefined) {
  return field ? rangeOf(field) : { min: 0, max: 0 };
}

/** The smallest box around two. */
export function union(a: Box, b: Box): Box {
  return {
    left: Math.min(a.left, b.left),
    top: Math.min(a.top, b.top),
    right: Math.max(a.right, b.right),
    bottom: Math.max(a.bottom, b.bottom),
  };
}

/**
 * The part of the field to show: what was shown before where everything seen is
 * in it, else more than that. It never shrinks; a good part of the field is all
 * of it, and a game that lives in one corner is shown that corner.
 */
export function cover(before: Box | undefined, seen: Box, whole: Box): Box {
  if (before && holds(before, seen)) return before;
  const all = before ? union(before, seen) : seen;
  const spare = Math.max(longest(all) * SPARE, (longest(whole) * LEAST_PART) / 2);
  const wanted = clip(grown(all, spare), whole);
  return longest(wanted) >= longest(whole) * WHOLE_PART ? whole : wanted;
}

function holds(outer: Box, inner: Box): boolean {
  const { left, top, right, bottom } = union(outer, inner);
  const same = left === outer.left && top === outer.top;
  return same && right === outer.right && bottom === outer.bottom;
}

function longest({ left, top, right, bottom }: Box): number {
  return Math.max(right - left, bottom - top);
}

function grown({ left, top, right, bottom }: Box, by: number): Box {
  return { left: left - by, top: top - by, right: right + by, bottom: bottom + by };
}

function clip(box: Box, to: Box): Box {
  return {
    left: Math.max(box.left, to.left),
    top: Math.max(box.top, to.top),
    right: Math.min(box.right, to.right),
    bottom: Math.min(box.bottom, to.bottom),
  };
}

/** The part of a box that a magnifier over a place shows. */
export function magnify(box: Box, zoom: number, { x, y }: { x: number; y: number }): Box {
  const [width, height] = [(box.right - box.left) / zoom, (box.bottom - box.top) / zoom];
  const [left, top] = [x - width / 2, y - height / 2];
  return { left, top, right: left + width, bottom: top + height };
}

/** The middle of a box. */
export function middle({ left, top, right, bottom }: Box): { x: number; y: number } {
  return { x: (left + right) / 2, y: (top + bottom) / 2 };
}

/** Fits a box into a map of so many pixels, in its middle and as large as it gets. */
export function project(box: Box, width: number, height: number): Projection {
  const long = longest(box) || 1; // a box without any size has a scale all the same
  const across = Math.max(width - 2 * MARGIN, 1) / (box.right - box.left || long);
  const down = Math.max(height - 2 * MARGIN, 1) / (box.bottom - box.top || long);
  const scale = Math.min(across, down);
  const { x, y } = middle(box);
  return { scale, dx: width / 2 - x * scale, dy: height / 2 - y * scale };
}

/** Units between two lines of the grid: 1, 2 or 5 of a power of ten. */
export function gridStep(scale: number): number {
  const least = GRID_GAP / scale;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= least) ?? 10;
  return step * power;
}
