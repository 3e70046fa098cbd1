/** A colour that a ship, a shot or a light has in all of its shades. */
export interface Colour {
  readonly name: string;
  /** In degrees. */
  readonly hue: number;
  /** In percent. */
  readonly saturation: number;
  /** Of the middle shade, in percent. They differ, so that colours do for who sees no hues. */
  readonly lightness: number;
}

/** The colours of players' ships, by the index that Callsign has. They are apart for the colour-blind, too. */
export const PALETTE: readonly Colour[] = [
  { name: "cyan", hue: 188, saturation: 90, lightness: 72 },
  { name: "orange", hue: 36, saturation: 95, lightness: 58 },
  { name: "yellow", hue: 54, saturation: 95, lightness: 80 },
  { name: "blue", hue: 216, saturation: 95, lightness: 56 },
  { name: "magenta", hue: 318, saturation: 85, lightness: 62 },
  { name: "green", hue: 156, saturation: 85, lightness: 38 },
  { name: "violet", hue: 265, saturation: 90, lightness: 82 },
  { name: "white", hue: 0, saturation: 0, lightness: 97 },
];

/** Ships without a player have this one, and another shape. */
export const DRONE: Colour = { name: "red", hue: 8, saturation: 95, lightness: 64 };

export const FIRE: Colour = { name: "fire", hue: 36, saturation: 95, lightness: 66 };
export const DUST: Colour = { name: "dust", hue: 225, saturation: 95, lightness: 66 };

/** The lightness in percent that stands for a colour's own. */
const MIDDLE = 66;

/** The colour of a player who said none, and of NPCs, whose owner is 0. */
export function colourOf(owner: number): Colour {
  return owner === 0 ? DRONE : PALETTE[owner % PALETTE.length];
}

const tints = new Map<Colour, Map<number, string>>();

/**
 * A shade of a colour for a canvas or a style: lightness in percent, of which 66 is the colour's own;
 * alpha from 0 to 1, in steps of a hundredth. The strings are kept, so this allocates nothing.
 */
export function tint(colour: Colour, lightness: number, alpha = 1): string {
  let shades = tints.get(colour);
  if (!shades) {
    shades = new Map();
    tints.set(colour, shades);
  }
  const key = Math.round(lightness) * 128 + Math.round(100 * alpha);
  let shade = shades.get(key);
  if (!shade) {
    shade = mix(colour, Math.round(lightness), alpha);
    shades.set(key, shade);
  }
  return shade;
}

/** Black and white stay as they are; in between the colour's own lightness counts. */
function mix({ hue, saturation, lightness: own }: Colour, lightness: number, alpha: number) {
  const weight = lightness < MIDDLE ? lightness / MIDDLE : (100 - lightness) / (100 - MIDDLE);
  const percent = lightness + (own - MIDDLE) * weight;
  return `hsl(${hue} ${saturation}% ${percent.toFixed(1)}% / ${alpha.toFixed(2)})`;
}
