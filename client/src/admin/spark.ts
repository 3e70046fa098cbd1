const SVG = "http://www.w3.org/2000/svg";

/** The size of a sparkline in its own units. */
const WIDTH = 60;
const HEIGHT = 16;

/**
 * The points of a line through values, newest at the right, from 0 at the bottom to the largest at the top. Where there is no
 * value the line goes straight to the next one.
 */
export function points(values: readonly (number | undefined)[], width = WIDTH, height = HEIGHT) {
  const top = Math.max(...values.map((value) => value ?? 0), 0);
  const found: string[] = [];
  values.forEach((value, i) => {
    if (value === undefined) return;
    const x = values.length === 1 ? width : (i / (values.length - 1)) * width;
    const y = top === 0 ? height : height - (value / top) * height;
    found.push(`${round(x)},${round(y)}`);
  });
  return found.join(" ");
}

const round = (n: number) => Math.round(n * 10) / 10;

/** A small line of how a figure went; the figure stands beside it as text, so it is hidden from those who listen. */
export class Spark {
  readonly element = document.createElementNS(SVG, "svg");
  readonly #line = document.createElementNS(SVG, "polyline");

  constructor() {
    this.element.setAttribute("viewBox", `-1 -1 ${WIDTH + 2} ${HEIGHT + 2}`);
    this.element.setAttribute("class", "spark");
    this.element.setAttribute("aria-hidden", "true");
    this.element.setAttribute("preserveAspectRatio", "none");
    this.element.append(this.#line);
  }

  show(values: readonly (number | undefined)[]): void {
    this.#line.setAttribute("points", points(values));
  }
}
