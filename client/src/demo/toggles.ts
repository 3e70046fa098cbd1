import { byId } from "./page.js";

/** A button that is pressed or not, and says so. */
export class Toggle {
  readonly #button: HTMLButtonElement;
  readonly #turned: (on: boolean) => void;
  #on: boolean;

  /** @param turned hears of each change, and not of how it starts */
  constructor(id: string, on: boolean, turned: (on: boolean) => void) {
    this.#button = byId(id);
    this.#on = on;
    this.#turned = turned;
    this.#button.setAttribute("aria-pressed", `${on}`);
    this.#button.addEventListener("click", () => this.turn(!this.#on));
  }

  get on(): boolean {
    return this.#on;
  }

  turn(on: boolean): void {
    if (on === this.#on) return;
    this.#on = on;
    this.#button.setAttribute("aria-pressed", `${on}`);
    this.#button.blur(); // or the space bar, which fires, would press it again
    this.#turned(on);
  }
}
