import { type Control, restOf } from "./controls.js";

/** A dial turns round once in so many ticks. */
const TICKS_A_TURN = 64;

/** Which end of a control is held down: its lower, none, its upper. */
export type End = -1 | 0 | 1;

/**
 * What one player's hand does: buttons, sliders and keys set it, and once a tick
 * it is read as an input.
 */
export class Hand {
  readonly #controls: readonly Control[];
  readonly #values = new Map<Control, number>();
  readonly #held = new Map<Control, End>();
  readonly #once = new Map<Control, number>();

  constructor(controls: readonly Control[]) {
    this.#controls = controls;
    for (const control of controls) this.#values.set(control, restOf(control.field));
  }

  /** What a control sends from now on: a slider's place, or a button that is latched. */
  set(control: Control, value: number): void {
    this.#values.set(control, value);
  }

  /** What a control sends next. */
  get(control: Control): number {
    return this.#once.get(control) ?? this.#now(control);
  }

  /** Holds an end of a control down, or lets it go; a button has the upper one. */
  hold(control: Control, end: End): void {
    if (control.type === "press" && end === 1) this.send(control, control.field.max);
    else this.#held.set(control, end);
  }

  /** Sends a value once. */
  send(control: Control, value: number): void {
    this.#once.set(control, value);
  }

  /** Lets go of what is held down; sliders and latched buttons stay. */
  letGo(): void {
    this.#held.clear();
  }

  /** The input of a tick. */
  read(): Record<string, number> {
    const input: Record<string, number> = {};
    for (const control of this.#controls) {
      this.#turn(control);
      input[control.field.name] = this.get(control);
    }
    this.#once.clear();
    return input;
  }

  #now(control: Control): number {
    const { min, max } = control.field;
    const end = control.type === "dial" ? 0 : (this.#held.get(control) ?? 0);
    if (end !== 0) return end < 0 ? min : max;
    return this.#values.get(control) ?? restOf(control.field);
  }

  /** A dial goes on as long as it is held, past its end to its start. */
  #turn(control: Control): void {
    const end = this.#held.get(control) ?? 0;
    if (control.type !== "dial" || end === 0) return;
    const { min, max } = control.field;
    const span = max - min + 1;
    const step = Math.max(1, Math.round(span / TICKS_A_TURN));
    const from = (this.#values.get(control) ?? min) - min;
    this.#values.set(control, min + ((from + end * step + span) % span));
  }
}
