import { byId } from "./page.js";

/** Pixels from the middle to a stick's end. */
const REACH = 50;

/** Where a stick points: a heading in turns and how far it is pushed, 0 to 1. */
export interface Push {
  readonly heading: number;
  readonly strength: number;
}

/** Two sticks for thumbs; they show up at the first touch. */
export class Sticks {
  readonly #fly = new Stick(document.querySelector('[data-stick="fly"]') as HTMLElement);
  readonly #aim = new Stick(document.querySelector('[data-stick="aim"]') as HTMLElement);

  constructor() {
    if (matchMedia("(pointer: coarse)").matches) this.#show();
    addEventListener("touchstart", () => this.#show(), { once: true, passive: true });
  }

  get fly(): Push | undefined {
    return this.#fly.push;
  }

  get aim(): Push | undefined {
    return this.#aim.push;
  }

  #show(): void {
    byId("sticks").hidden = false;
    document.body.setAttribute("data-touch", "");
  }
}

class Stick {
  readonly #knob: HTMLElement;
  /** Where it is pushed; undefined while nobody holds it. */
  push: Push | undefined;

  constructor(base: HTMLElement) {
    this.#knob = base.querySelector("i") as HTMLElement;
    base.addEventListener("pointerdown", (event) => {
      base.setPointerCapture(event.pointerId);
      this.#move(base, event);
    });
    base.addEventListener("pointermove", (event) => {
      if (base.hasPointerCapture(event.pointerId)) this.#move(base, event);
    });
    base.addEventListener("lostpointercapture", () => this.#release());
  }

  #move(base: HTMLElement, { clientX, clientY }: PointerEvent): void {
    const { left, top, width, height } = base.getBoundingClientRect();
    const [x, y] = [clientX - left - width / 2, clientY - top - height / 2];
    const strength = Math.min(1, Math.hypot(x, y) / REACH);
    const heading = Math.atan2(y, x) / (2 * Math.PI);
    this.push = { heading, strength };
    const [dx, dy] = [Math.cos(heading * 2 * Math.PI), Math.sin(heading * 2 * Math.PI)];
    this.#knob.style.translate = `${dx * strength * REACH}px ${dy * strength * REACH}px`;
  }

  #release(): void {
    this.push = undefined;
    this.#knob.style.translate = "";
  }
}
