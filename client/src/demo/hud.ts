import { Board, Feed } from "./board.js";
import { byId } from "./page.js";
import { WRECK_TIME } from "./rules.js";
import { EMPTY, type Scene, type ShipNow } from "./scene.js";

/** Seconds that the keys are explained. */
const HELP_TIME = 9;

/** A notice over the field: what is the matter, and a button where there is something to do. */
export interface Notice {
  readonly title: string;
  readonly text: string;
  readonly again?: (() => void) | undefined;
}

/** What is written around the field. */
export class Hud {
  readonly #board = new Board();
  readonly #feed = new Feed();
  readonly #vitals = byId("vitals");
  readonly #hull = byId<HTMLMeterElement>("hull");
  readonly #notice = byId("notice");
  readonly #button = byId<HTMLButtonElement>("notice-button");
  /** Copies: messages come between frames, about ships that may be gone by then. */
  readonly #ships = new Map<number, ShipNow>();
  #killer = "";
  #wreckedAt: number | undefined;

  /** Shows the state of a frame, at a time in seconds. */
  show(scene: Scene, now: number): void {
    this.#ships.clear();
    for (const ship of scene.ships) this.#ships.set(ship.id, { ...ship });
    this.#board.show(scene);
    this.#showVitals(scene.own);
    this.#showWreck(scene.own, now);
  }

  /** Tells that a ship was destroyed, by ids; `by` is 0 for an asteroid. */
  killed(victim: number, by: number): void {
    const [lost, killer] = [this.#ships.get(victim), this.#ships.get(by)];
    this.#feed.add(lost, killer);
    if (lost?.own) this.#killer = killer ? killer.name : "an asteroid";
  }

  /** Shows a notice; undefined takes it away. */
  say(notice: Notice | undefined): void {
    this.#notice.toggleAttribute("data-shown", notice !== undefined);
    this.#button.hidden = notice?.again === undefined;
    if (notice === undefined) return;
    write("notice-title", notice.title);
    write("notice-text", notice.text);
    this.#button.onclick = () => notice.again?.();
  }

  /** Shows all keys and buttons, or hides them. */
  help(shown: boolean): void {
    byId("help").hidden = !shown;
    if (shown) byId("keys").removeAttribute("data-shown");
  }

  /** Explains the first keys for a while. */
  hint(): void {
    const keys = byId("keys");
    keys.setAttribute("data-shown", "");
    setTimeout(() => keys.removeAttribute("data-shown"), HELP_TIME * 1000);
  }

  /** Takes away what belongs to a room. */
  clear(): void {
    this.#board.show(EMPTY);
    this.#vitals.hidden = true;
    this.#wreckedAt = undefined;
  }

  #showVitals(own: ShipNow | undefined): void {
    this.#vitals.hidden = !own?.alive;
    if (!own?.alive) return;
    this.#hull.value = own.hp;
    write("hull-text", `Hull ${own.hp}`);
    byId("shield-text").hidden = !own.shielded;
  }

  #showWreck(own: ShipNow | undefined, now: number): void {
    if (own === undefined || own.alive) {
      if (this.#wreckedAt !== undefined) this.say(undefined);
      this.#wreckedAt = undefined;
      return;
    }
    this.#wreckedAt ??= now;
    const left = Math.max(1, Math.ceil(this.#wreckedAt + WRECK_TIME - now));
    const text = `${this.#killer} got you. A new ship is ready in ${left} s.`;
    this.say({ title: "Destroyed", text: text.charAt(0).toUpperCase() + text.slice(1) });
  }
}

/** Writes a text where it is another one: a live region speaks at every write. */
function write(id: string, text: string): void {
  const element = byId(id);
  if (element.textContent !== text) element.textContent = text;
}
