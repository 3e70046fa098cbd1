import type { Controls } from "../arena_gen.js";
import type { Camera } from "./camera.js";
import { firstPad, type PadControls } from "./gamepad.js";
import { isTyping } from "./hotkeys.js";
import { TURN } from "./rules.js";
import type { ShipNow } from "./scene.js";
import { type Push, Sticks } from "./sticks.js";

/** Headings to a turn in Controls.aim. */
const AIM_STEPS = 1024;

/** A stick pushed less than this does nothing; from the second on it thrusts or fires. */
const STICK_TURNS = 0.15;
const STICK_ACTS = 0.45;

/** Turns by which a ship may miss the stick's heading: less would make it tremble. */
const ON_COURSE = 0.025;

const KEYS: Readonly<Record<string, "ahead" | "back" | "left" | "right" | "fire">> = {
  KeyW: "ahead",
  ArrowUp: "ahead",
  KeyS: "back",
  ArrowDown: "back",
  KeyA: "left",
  ArrowLeft: "left",
  KeyD: "right",
  ArrowRight: "right",
  Space: "fire",
};

/** Reads keyboard, mouse, sticks and gamepad. Whatever is held down is let go when the page is left. */
export class Pilot {
  readonly #camera: Camera;
  readonly #sticks = new Sticks();
  readonly #held = new Set<string>();
  #mouse: { x: number; y: number; down: boolean } | undefined;
  #pad: PadControls | undefined;
  #aim = 0;

  constructor(field: HTMLElement, camera: Camera) {
    this.#camera = camera;
    addEventListener("keydown", (event) => this.#key(event, true));
    addEventListener("keyup", (event) => this.#key(event, false));
    field.addEventListener("pointermove", (event) => this.#point(event));
    field.addEventListener("pointerdown", (event) => this.#point(event));
    addEventListener("pointerup", (event) => this.#point(event));
    addEventListener("blur", () => this.#letGo());
    document.addEventListener("visibilitychange", () => this.#letGo());
    field.addEventListener("contextmenu", (event) => event.preventDefault());
  }

  /** Reads the gamepad, which tells of nothing by itself; once a frame. */
  poll(): void {
    this.#pad = firstPad();
    if (this.#pad?.aim) this.#mouse = undefined; // until it moves again
  }

  /** Where the cannon points now, in turns: at the mouse, along a stick, or ahead. */
  aim(own: ShipNow | undefined): number {
    const stick = this.#sticks.aim ?? this.#pad?.aim;
    if (stick && stick.strength > STICK_TURNS) this.#aim = stick.heading;
    else if (this.#mouse && own) this.#aim = this.#towards(this.#mouse, own);
    else if (own && !stick) this.#aim = own.heading;
    return this.#aim;
  }

  /** The input of a tick. */
  controls(own: ShipNow | undefined): Controls {
    const held = (what: string) => (this.#held.has(what) ? 1 : 0);
    const [turn, thrust] = this.#steer(own);
    const aim = Math.round(this.aim(own) * AIM_STEPS) & (AIM_STEPS - 1);
    const shoots = (this.#sticks.aim?.strength ?? 0) > STICK_ACTS;
    const pad = this.#pad;
    return {
      thrust: held("ahead") - held("back") || pad?.thrust || thrust,
      turn: held("right") - held("left") || pad?.turn || turn,
      aim,
      fire: held("fire") || this.#mouse?.down || shoots || pad?.fire ? 1 : 0,
    };
  }

  #steer(own: ShipNow | undefined): [turn: number, thrust: number] {
    const stick = this.#sticks.fly ?? this.#pad?.fly;
    return stick && own ? steer(stick, own.heading) : [0, 0];
  }

  #towards({ x, y }: { x: number; y: number }, own: ShipNow): number {
    const [dx, dy] = [x - this.#camera.screenX(own.x), y - this.#camera.screenY(own.y)];
    return Math.atan2(dy, dx) / TURN;
  }

  #key(event: KeyboardEvent, down: boolean): void {
    const what = KEYS[event.code];
    const button = event.target instanceof HTMLButtonElement && event.code === "Space";
    if (what === undefined || button || (down && isTyping(event))) return;
    if (!isTyping(event)) event.preventDefault();
    if (down) this.#held.add(what);
    else this.#held.delete(what);
  }

  #point({ pointerType, clientX: x, clientY: y, buttons }: PointerEvent): void {
    if (pointerType !== "touch") this.#mouse = { x, y, down: (buttons & 1) !== 0 };
  }

  #letGo(): void {
    this.#held.clear();
    if (this.#mouse) this.#mouse.down = false;
  }
}

/** Turn and thrust that bring a ship of a heading in turns on a stick's heading. */
export function steer(stick: Push, heading: number): [turn: number, thrust: number] {
  if (stick.strength < STICK_TURNS) return [0, 0];
  const off = stick.heading - heading;
  const way = off - Math.round(off);
  const turn = Math.abs(way) < ON_COURSE ? 0 : Math.sign(way);
  return [turn, stick.strength > STICK_ACTS && Math.abs(way) < 0.2 ? 1 : 0];
}
