import type { InputField } from "../index.js";

/**
 * How a field of the input is played:
 *
 * - `hold`: a button that counts as long as it is down
 * - `press`: a button that counts once
 * - `send`: a number that counts once
 * - `axis`: a number with a rest at 0 and two buttons that hold its ends
 * - `dial`: a number that keys turn, round and round
 * - `level`: any other number
 */
export type ControlType = "hold" | "press" | "send" | "axis" | "dial" | "level";

/** A field of the input and how it is played. */
export interface Control {
  readonly field: InputField;
  readonly type: ControlType;
  /** Codes of the keys that hold its lower end, and its upper end or the button. */
  readonly less: readonly string[];
  readonly more: readonly string[];
}

const DIAL = /aim|angle|bearing|dir|heading|rot|yaw/i;
const DOWN = /y$|down/i;
const UPRIGHT = /y$|up|down|thrust|throttle|forward|ahead|gas|accel|pitch|move/i;

type Keys = Pick<Control, "less" | "more">;

const NONE: Keys = { less: [], more: [] };
const SIDEWAYS: Keys = { less: ["ArrowLeft", "KeyA"], more: ["ArrowRight", "KeyD"] };
const AHEAD: Keys = { less: ["ArrowDown", "KeyS"], more: ["ArrowUp", "KeyW"] };
const DOWNWARDS: Keys = { less: AHEAD.more, more: AHEAD.less };
const TURNING: Keys = { less: ["KeyQ"], more: ["KeyE"] };
const BUTTONS = ["Space", "KeyF", "KeyG", "KeyH", "KeyJ"].map((code) => ({
  less: [],
  more: [code],
}));

/** A control for every field of an input, in the schema's order, with keys for the first ones. */
export function controlsOf(fields: readonly InputField[]): Control[] {
  const types = fields.map(typeOf);
  const keys = giveKeys(fields, types);
  return fields.map((field, i) => ({ field, type: types[i], ...keys[i] }));
}

function typeOf({ name, min, max, edge }: InputField): ControlType {
  const button = min === 0 && max === 1;
  if (edge) return button ? "press" : "send";
  if (button) return "hold";
  if (min < 0 && max > 0) return "axis";
  return DIAL.test(name) ? "dial" : "level";
}

/** The arrows go to the first axis of each way, or to a dial where none is sideways. */
function giveKeys(fields: readonly InputField[], types: readonly ControlType[]): Keys[] {
  const given = fields.map(() => NONE);
  const give = (keys: Keys, fits: (field: InputField, type: ControlType) => boolean) => {
    const i = fields.findIndex((field, i) => given[i] === NONE && fits(field, types[i]));
    if (i >= 0) given[i] = DOWN.test(fields[i].name) && keys === AHEAD ? DOWNWARDS : keys;
    return i >= 0;
  };
  const isAxis = (_: InputField, type: ControlType) => type === "axis";
  const isDial = (_: InputField, type: ControlType) => type === "dial";
  const isButton = (_: InputField, type: ControlType) => type === "hold" || type === "press";
  const upright = give(AHEAD, ({ name }, type) => type === "axis" && UPRIGHT.test(name));
  if (!give(SIDEWAYS, isAxis)) give(SIDEWAYS, isDial);
  if (!upright) give(AHEAD, isAxis);
  give(TURNING, isDial);
  for (const keys of BUTTONS) give(keys, isButton);
  return given;
}

/** The value of a field that nobody touches: 0, or what of its range is nearest to it. */
export function restOf({ min, max }: InputField): number {
  return Math.max(min, Math.min(0, max));
}

/** What a key is called, by its code. */
export function keyName(code: string): string {
  const arrow = ["Left", "Right", "Up", "Down"].indexOf(code.replace("Arrow", ""));
  return arrow >= 0 ? "←→↑↓"[arrow] : code.replace("Key", "").toLowerCase();
}
