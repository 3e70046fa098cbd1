import { byId } from "./page.js";
import type { ShipNow } from "./scene.js";

/** What the bar's buttons ask for. */
export interface WatchWishes {
  leader(): void;
  step(step: 1 | -1): void;
  fly(): void;
}

/** Says who is watched, and has the buttons to watch another ship or to fly again. */
export class WatchBar {
  readonly #bar = byId("watching");
  readonly #name = byId("watching-name");

  constructor(wishes: WatchWishes) {
    byId("watch-before").addEventListener("click", () => wishes.step(-1));
    byId("watch-leader").addEventListener("click", () => wishes.leader());
    byId("watch-next").addEventListener("click", () => wishes.step(1));
    byId("watch-fly").addEventListener("click", () => wishes.fly());
  }

  /** Shows who is watched; undefined for nobody, and then the bar is not there. */
  show(
    watched: { readonly ship: ShipNow | undefined; readonly leader: boolean } | undefined,
  ): void {
    this.#bar.hidden = watched === undefined;
    if (!watched) return;
    const { ship, leader } = watched;
    const name = ship && !ship.own ? ship.name : "nobody else is here";
    const text = leader && ship ? `${name}, who leads` : name;
    if (this.#name.textContent !== text) this.#name.textContent = text;
    byId("watch-leader").setAttribute("aria-pressed", `${leader}`);
  }
}
