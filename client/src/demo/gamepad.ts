import type { Push } from "./sticks.js";

/** What is read of a gamepad; the browser's Gamepad is one. */
export interface Pad {
  readonly axes: readonly number[];
  readonly buttons: readonly { readonly pressed: boolean; readonly value: number }[];
}

/** What a gamepad says, as the sticks and the keys would. */
export interface PadControls {
  readonly fly: Push | undefined;
  readonly aim: Push | undefined;
  readonly thrust: number;
  readonly turn: number;
  readonly fire: boolean;
}

/** A stick that is nearer to its middle than this is at rest: none comes back to it exactly. */
const DEAD = 0.2;

/** From which part on a trigger is pulled. */
const TRIGGER = 0.3;

/** The buttons of the standard layout (https://w3c.github.io/gamepad/#remapping): A, RB, RT, the cross. */
const FIRE = [0, 5, 7];
const [UP, DOWN, LEFT, RIGHT] = [12, 13, 14, 15];

/** What a gamepad of the standard layout says: left stick or cross fly, right stick aims, A, RB and RT fire. */
export function readPad({ axes, buttons }: Pad): PadControls {
  const held = (button: number) => {
    const { pressed = false, value = 0 } = buttons[button] ?? {};
    return pressed || value > TRIGGER;
  };
  return {
    fly: pushOf(axes[0], axes[1]),
    aim: pushOf(axes[2], axes[3]),
    thrust: Number(held(UP)) - Number(held(DOWN)),
    turn: Number(held(RIGHT)) - Number(held(LEFT)),
    fire: FIRE.some(held),
  };
}

/** A stick's push with the dead middle taken out; undefined at rest. */
function pushOf(x = 0, y = 0): Push | undefined {
  const way = Math.hypot(x, y);
  if (!(way > DEAD)) return undefined;
  return {
    heading: Math.atan2(y, x) / (2 * Math.PI),
    strength: Math.min(1, (way - DEAD) / (1 - DEAD)),
  };
}

/** Reads the first gamepad of the standard layout; undefined where there is none. */
export function firstPad(): PadControls | undefined {
  const pad = navigator.getGamepads?.().find((pad) => pad?.connected && pad.mapping === "standard");
  return pad ? readPad(pad) : undefined;
}
