const OWN = 190;
const NPC = 8;

/** Hues that players' ships may have: neither near the NPCs' red nor, from GAP on, near one's own. */
const FIRST = 40;
const SPAN = 210;
const GAP = 150;
const GAP_SIZE = 80;

/** The golden angle: consecutive players get hues that are far apart. */
const STEP = 137.5;

/** The hue, in degrees, that stands for a player everywhere on the page; player 0 is every NPC. */
export function hueOf(player: number, own: boolean): number {
  if (own) return OWN;
  if (player === 0) return NPC;
  const hue = FIRST + ((player * STEP) % SPAN);
  return hue < GAP ? hue : hue + GAP_SIZE;
}

/** A colour of a hue: lightness in percent, alpha from 0 to 1. */
export function tint(hue: number, lightness: number, alpha = 1): string {
  return `hsl(${hue} 95% ${lightness}% / ${alpha})`;
}
