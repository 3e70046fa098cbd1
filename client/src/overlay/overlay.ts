import type { RoomStats } from "../room.js";
import { figuresOf, type Mood } from "./figures.js";
import { Graph } from "./graph.js";
import { Trail } from "./trail.js";

/** Milliseconds between two looks at a room, and how many of them until the figures are written anew. */
const PERIOD = 100;
const WRITE_EVERY = 5;

const COLOURS: Readonly<Record<Mood, string>> = {
  good: "#7df0a8",
  bad: "#ff8095",
  plain: "#eef3ff",
};

/** Where the overlay is. */
export interface OverlayOptions {
  /** The element that it is appended to; the page's body where it is not given. */
  readonly parent?: HTMLElement;
}

/** What the overlay looks at: a room, of any game. */
export interface Observed {
  readonly stats: RoomStats;
}

/** The figures of a connection on the page, and the graph of its last seconds. */
export class Overlay {
  readonly element: HTMLElement;
  readonly #list = document.createElement("dl");
  readonly #graph = new Graph();
  readonly #timer: ReturnType<typeof setInterval>;
  #room: Observed | undefined;
  #trail = new Trail();
  #looks = 0;
  /** The figures as they were written last, and when, in milliseconds. */
  #written: RoomStats | undefined;
  #writtenAt = 0;

  constructor({ parent = document.body }: OverlayOptions = {}) {
    this.element = document.createElement("section");
    this.element.setAttribute("aria-label", "Network figures");
    // Properties and no style sheet, so that a page's security policy has nothing to allow.
    this.element.style.cssText =
      "box-sizing:border-box;width:min(260px,calc(100vw - 24px));padding:8px 10px;" +
      "border-radius:8px;background:rgb(4 6 14/82%);color:#eef3ff;" +
      "font:12px/1.45 ui-sans-serif,system-ui,sans-serif;font-variant-numeric:tabular-nums";
    this.#list.style.cssText = "display:grid;grid-template-columns:auto auto;margin:0;gap:0 10px";
    this.element.append(this.#list, this.#graph.canvas);
    parent.append(this.element);
    this.#timer = setInterval(() => this.#look(), PERIOD);
  }

  /** Looks at a room from now on; at nothing where it is undefined. */
  watch(room: Observed | undefined): void {
    this.#room = room;
    this.#trail = new Trail();
    this.#looks = 0;
    this.#written = undefined;
  }

  /** Takes the overlay off the page. */
  remove(): void {
    clearInterval(this.#timer);
    this.element.remove();
  }

  #look(): void {
    if (this.#room === undefined || this.element.getClientRects().length === 0) return;
    const { stats } = this.#room;
    this.#trail.add(stats);
    this.#graph.draw(this.#trail.points);
    if (this.#looks++ % WRITE_EVERY === 0) this.#write(stats);
  }

  #write(stats: RoomStats): void {
    const now = performance.now();
    const figures = figuresOf(stats, this.#written ?? stats, (now - this.#writtenAt) / 1000);
    this.#written = stats;
    this.#writtenAt = now;
    const lines = figures.flatMap(({ name, text, mood }) => {
      const [term, value] = [document.createElement("dt"), document.createElement("dd")];
      term.textContent = name;
      term.style.opacity = "0.72";
      value.textContent = text;
      value.style.cssText = `margin:0;text-align:right;color:${COLOURS[mood]}`;
      return [term, value];
    });
    this.#list.replaceChildren(...lines);
  }
}
