import { byId, make } from "./page.js";
import { tint } from "./palette.js";
import type { Scene, ShipNow } from "./scene.js";

/** Rows of the score board. */
const ROWS = 8;

/** Seconds that a line of the feed stays, and how many there are at most. */
const FEED_TIME = 6;
const FEED_LINES = 5;

/** Shows who leads. */
export class Board {
  readonly #list = byId("board").querySelector("ol") as HTMLOListElement;
  #shown = "";

  show({ ships }: Scene): void {
    const ranked = [...ships].sort((a, b) => b.score - a.score || a.id - b.id);
    const rows = ranked.map((ship, i) => ({ ship, rank: i + 1 }));
    const own = rows.find(({ ship }) => ship.own);
    const shown = rows.slice(0, ROWS);
    if (own && own.rank > ROWS) shown[ROWS - 1] = own;
    const key = shown
      .map(
        ({ ship, rank }) =>
          `${rank} ${ship.id} ${ship.score} ${ship.alive} ${ship.name} ${ship.colour.name}`,
      )
      .join();
    if (key === this.#shown) return;
    this.#shown = key;
    this.#list.replaceChildren(...shown.map(({ ship, rank }) => row(ship, rank)));
  }
}

function row(ship: ShipNow, rank: number): HTMLElement {
  const line = make("li", "", { "data-rank": `${rank}`, "data-alive": `${ship.alive}` });
  if (ship.own) line.dataset.own = "";
  const name = make("b");
  name.append(make("span", ship.name));
  if (ship.own) name.append(make("i", "you"));
  name.style.color = tint(ship.colour, 78);
  line.append(name, make("span", `${ship.score}`));
  return line;
}

/** Tells who destroyed whom. */
export class Feed {
  readonly #list = byId("feed");

  /** Adds a line; without a ship it was an asteroid. */
  add(victim: ShipNow | undefined, by: ShipNow | undefined): void {
    if (victim === undefined) return;
    const line = make("li");
    line.append(nameOf(by), make("i", by ? "destroyed" : "crushed"), nameOf(victim));
    this.#list.prepend(line);
    while (this.#list.children.length > FEED_LINES) this.#list.lastElementChild?.remove();
    setTimeout(() => line.setAttribute("data-old", ""), FEED_TIME * 1000);
    setTimeout(() => line.remove(), (FEED_TIME + 1) * 1000);
  }
}

function nameOf(ship: ShipNow | undefined): HTMLElement {
  const name = make("span", ship === undefined ? "An asteroid" : ship.own ? "You" : ship.name);
  name.style.color = ship ? tint(ship.colour, 76) : "#b3bdd8";
  return name;
}
