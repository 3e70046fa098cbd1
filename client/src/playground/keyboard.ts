import { byId } from "../demo/page.js";
import type { Control } from "./controls.js";
import type { End, Hand } from "./hand.js";

/** Whose controls the keys play. */
export interface Playing {
  readonly hand: Hand;
  readonly controls: readonly Control[];
}

/** Plays with the keys that controls have, while no element that needs them has the focus. */
export function playByKeys(current: () => Playing | undefined): void {
  const on = byId<HTMLInputElement>("keys-on");
  const down = new Set<string>();

  function end({ less, more }: Control): End {
    const held = (codes: readonly string[]) => (codes.some((code) => down.has(code)) ? 1 : 0);
    return (held(more) - held(less)) as End;
  }

  function change(code: string, press: boolean): boolean {
    const playing = current();
    const moved = playing?.controls.filter(({ less, more }) => [...less, ...more].includes(code));
    if (playing === undefined || moved === undefined || moved.length === 0) return false;
    if (press) down.add(code);
    else down.delete(code);
    for (const control of moved) playing.hand.hold(control, end(control));
    return true;
  }

  addEventListener("keydown", (event) => {
    if (!on.checked || event.ctrlKey || event.metaKey || event.altKey || isTaken(event)) return;
    if (event.repeat ? down.has(event.code) : change(event.code, true)) event.preventDefault();
  });
  addEventListener("keyup", ({ code }) => {
    if (down.has(code)) change(code, false);
  });
  addEventListener("blur", () => {
    down.clear();
    current()?.hand.letGo();
  });
}

/** Whether the element that has the focus needs the key itself. */
function isTaken({ target, code }: KeyboardEvent): boolean {
  if (!(target instanceof Element)) return false;
  if (target.matches("input:not([type=checkbox]), .scroll")) return true;
  return target.matches("button, input, summary") && (code === "Space" || code === "Enter");
}
