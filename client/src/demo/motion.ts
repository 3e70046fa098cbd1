const wish = globalThis.matchMedia?.("(prefers-reduced-motion: reduce)");

/** Whether the player wants little to move that need not: no shaking, fewer sparks. */
export function calm(): boolean {
  return wish?.matches ?? false;
}
