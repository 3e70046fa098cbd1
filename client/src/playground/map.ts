import { byId } from "../demo/page.js";
import { paletteFor } from "./colours.js";
import type { Pick } from "./entity.js";
import { headingOf, isPlaced } from "./fields.js";
import {
  type Box,
  cover,
  magnify,
  middle,
  type Projection,
  project,
  wholeField,
} from "./layout.js";
import { paintCrowd, paintFollowed, paintGrid, type Spot, type Surface } from "./paint.js";
import { extentOf, type Place, placeOf, placeOfPick } from "./places.js";
import type { Crowd } from "./scene.js";

/** Pixels from a click to an entity that it still means. */
const REACH = 32;

/** An entity on the map. */
interface Mark extends Spot {
  readonly pick: Pick;
}

/** Draws the entities of a room where their fields say that they are. */
export class MapView {
  readonly #canvas = byId<HTMLCanvasElement>("canvas");
  readonly #zoom = byId<HTMLInputElement>("zoom");
  readonly #dark = matchMedia("(prefers-color-scheme: dark)");
  readonly #ctx: CanvasRenderingContext2D;
  #shown: Box | undefined;
  #marks: Mark[] = [];

  /** @param pick is told the entity that is clicked on */
  constructor(pick: (pick: Pick) => void) {
    const ctx = this.#canvas.getContext("2d");
    if (ctx === null) throw new Error("this browser has no canvas");
    this.#ctx = ctx;
    this.#canvas.addEventListener("click", ({ offsetX, offsetY }) => {
      const nearest = this.#nearest(offsetX, offsetY);
      if (nearest) pick(nearest.pick);
    });
    this.#canvas.addEventListener("wheel", (event) => this.#magnify(event), { passive: false });
  }

  /** Forgets the room that was shown. */
  reset(): void {
    this.#shown = undefined;
    this.#zoom.value = "0";
  }

  /** Draws a scene, with a ring around the entity that is followed. */
  draw(scene: readonly Crowd[], followed: Pick | undefined): void {
    const whole = wholeField(scene.map(({ kind }) => kind));
    if (whole === undefined) return;
    const target = placeOfPick(scene, followed);
    const surface = this.#surface(this.#box(scene, whole, target));
    paintGrid(surface, whole);
    this.#marks = scene.flatMap((crowd) => draw(surface, crowd));
    if (followed && target) {
      paintFollowed(surface, spotOf(surface.projection, target), followed.id);
    }
  }

  /** What of the field to show: all that was seen, or a part around the entity that is followed. */
  #box(scene: readonly Crowd[], whole: Box, target: Place | undefined): Box {
    const seen = extentOf(scene);
    if (seen) this.#shown = cover(this.#shown, seen, whole);
    const shown = this.#shown ?? whole;
    const zoom = 2 ** Number(this.#zoom.value);
    return zoom === 1 ? shown : magnify(shown, zoom, target ?? middle(shown));
  }

  /** Clears the canvas and gives it as many pixels as the screen has there. */
  #surface(box: Box): Surface {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const [across, down] = [width, height].map((size) => Math.round(size * devicePixelRatio));
    if (this.#canvas.width !== across) this.#canvas.width = across;
    if (this.#canvas.height !== down) this.#canvas.height = down;
    const ctx = this.#ctx;
    ctx.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    ctx.clearRect(0, 0, width, height);
    const palette = paletteFor(this.#dark.matches);
    return { ctx, width, height, palette, projection: project(box, width, height) };
  }

  #nearest(left: number, top: number): Mark | undefined {
    const far = (mark: Mark) => Math.hypot(mark.left - left, mark.top - top);
    const near = this.#marks.filter((mark) => far(mark) < REACH);
    return near.sort((a, b) => far(a) - far(b))[0];
  }

  /** The wheel zooms only with Ctrl, which a pinch on a trackpad has too: else it scrolls the page. */
  #magnify(event: WheelEvent): void {
    if (!event.ctrlKey) return;
    event.preventDefault();
    this.#zoom.value = `${Number(this.#zoom.value) - event.deltaY / 100}`;
  }
}

/** Draws the entities of a kind and says where they are; nothing of a kind without a place. */
function draw(surface: Surface, { kind, index, rows }: Crowd): Mark[] {
  if (!isPlaced(kind)) return [];
  const heading = headingOf(kind)?.name;
  const marks = rows.map((row) => ({
    pick: { kind: index, id: row.id },
    ...spotOf(surface.projection, placeOf(kind, row)),
  }));
  const headings = heading === undefined ? undefined : rows.map((row) => Number(row[heading]));
  paintCrowd(surface, surface.palette.kind(index), marks, headings);
  return marks;
}

function spotOf({ scale, dx, dy }: Projection, { x, y }: Place): Spot {
  return { left: x * scale + dx, top: y * scale + dy };
}
