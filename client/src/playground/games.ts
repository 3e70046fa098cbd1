import { byId, make } from "../demo/page.js";
import { type Game, listGames, listRooms, type RoomLine } from "./node.js";

/** Milliseconds between two looks at the node's rooms. */
const PERIOD = 2000;

/** The games of the node with a button to join each, and the rooms that run. */
export class Games {
  readonly #list = byId("game-list");
  readonly #rooms = new Map<string, HTMLElement>();

  /** Lists the games; join is told the one that is asked for. Resolves with their names. */
  async start(join: (game: string) => void): Promise<readonly string[]> {
    const games = await listGames();
    this.#list.replaceChildren(...games.map((game) => this.#line(game, join)));
    void this.#watch();
    return games.map(({ name }) => name);
  }

  #line({ name, rate, seats }: Game, join: (game: string) => void): HTMLElement {
    const line = make("li");
    const button = make("button", "Join", { type: "button", "aria-label": `Join ${name}` });
    button.addEventListener("click", () => join(name));
    const rooms = make("ul", "", { "aria-label": `Rooms of ${name}` });
    this.#rooms.set(name, rooms);
    line.append(make("b", name), make("span", `${rate} Hz, ${seats} seats`), button, rooms);
    return line;
  }

  async #watch(): Promise<void> {
    for (;;) {
      const rooms = await listRooms().catch(() => []); // the node is away: none run
      for (const [game, list] of this.#rooms) list.replaceChildren(...linesOf(rooms, game));
      await new Promise((resolve) => setTimeout(resolve, PERIOD));
    }
  }
}

function linesOf(rooms: readonly RoomLine[], game: string): HTMLElement[] {
  const own = rooms.filter((room) => room.game === game);
  if (own.length === 0) return [make("li", "no room runs", { class: "empty" })];
  return own.map(({ room, players, seats }) => {
    const line = make("li");
    line.append(make("code", room), make("span", `${players} of ${seats}`));
    return line;
  });
}
