import { byId, make } from "../demo/page.js";
import { note } from "./note.js";
import type { Seat } from "./seat.js";

/** What one can do with a player of this page. */
export interface PlayerEvents {
  /** Show this one. */
  show(seat: Seat): void;
  /** Give the seat back and forget it. */
  leave(seat: Seat): void;
  /** Forget it and join its game anew. */
  again(seat: Seat): void;
}

/** The players of this page, one of whom is shown. */
export class Players {
  readonly #list = byId("player-list");
  readonly #events: PlayerEvents;
  #written = "";

  constructor(events: PlayerEvents) {
    this.#events = events;
  }

  /** Shows the list where it is another than before: else a button would lose the focus. */
  show(seats: readonly Seat[], shown: Seat | undefined): void {
    const written = JSON.stringify(seats.map((s) => [s.name, s.game, s.trouble, s === shown]));
    if (written === this.#written) return;
    this.#written = written;
    this.#list.replaceChildren(...seats.map((seat) => this.#line(seat, seat === shown)));
    const none = "None yet: join a game. Each time that you join is one more player.";
    note("players", seats.length === 0 ? none : undefined);
  }

  #line(seat: Seat, shown: boolean): HTMLElement {
    const line = make("li", "", seat.trouble === undefined ? {} : { "data-trouble": "" });
    const name = `${seat.name} of ${seat.game}`;
    const button = (text: string, label: string, act: (seat: Seat) => void) => {
      const element = make("button", text, { type: "button", "aria-label": label });
      element.addEventListener("click", () => act(seat));
      return element;
    };
    const show = button(`${seat.name} ${seat.game}`, `Show ${name}`, this.#events.show);
    show.setAttribute("aria-pressed", `${shown}`);
    line.append(show);
    if (seat.trouble !== undefined) line.append(make("span", seat.trouble));
    if (seat.trouble !== undefined && seat.trouble !== "joining") {
      line.append(button("Join again", `Join ${seat.game} again`, this.#events.again));
    }
    line.append(button("Leave", `Leave as ${name}`, this.#events.leave));
    return line;
  }
}
