/** The hue of the first kind, in degrees. */
const FIRST = 205;

/** The golden angle: consecutive kinds get hues that are far apart. */
const STEP = 137.5;

/** The colours of the map, which follow the page's. */
export interface Palette {
  /** The colour of a kind, by its place in the schema. */
  kind(index: number): string;
  readonly line: string;
  readonly edge: string;
  readonly text: string;
  readonly mark: string;
}

const DARK: Palette = {
  kind: (index) => `hsl(${hueOf(index)} 85% 66%)`,
  line: "#1d2740",
  edge: "#42527a",
  text: "#8c9bbd",
  mark: "#ffffff",
};

const LIGHT: Palette = {
  kind: (index) => `hsl(${hueOf(index)} 85% 38%)`,
  line: "#e2e6ee",
  edge: "#a9b4c9",
  text: "#5b6780",
  mark: "#10182b",
};

/** The palette for a dark page or a light one. */
export function paletteFor(dark: boolean): Palette {
  return dark ? DARK : LIGHT;
}

/** The hue that stands for a kind everywhere on the page. */
export function hueOf(index: number): number {
  return (FIRST + index * STEP) % 360;
}
