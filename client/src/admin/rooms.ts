import { byId } from "../demo/page.js";
import { write } from "../playground/write.js";
import { count, time } from "./format.js";
import type { Cell } from "./rows.js";
import { Rows } from "./rows.js";
import type { RoomLine, Status } from "./status.js";

/** The running rooms, a page at a time. */
export class Rooms {
  readonly #rows = new Rows(byId("rooms-table"));
  readonly #first = byId<HTMLButtonElement>("rooms-first");
  readonly #next = byId<HTMLButtonElement>("rooms-next");
  #after = "";
  #last = "";

  /** @param turned is called when another page is wanted */
  constructor(turned: () => void) {
    this.#first.addEventListener("click", () => {
      this.#after = "";
      turned();
    });
    this.#next.addEventListener("click", () => {
      this.#after = this.#last;
      turned();
    });
  }

  /** The name after which the page begins. */
  get after(): string {
    return this.#after;
  }

  show({ rooms, rooms_more: more }: Status): void {
    this.#last = rooms.at(-1)?.room ?? "";
    this.#rows.show(rooms.map(lineOf));
    const none = this.#after === "" ? "No room runs." : "No room comes after those.";
    write(byId("rooms-more"), rooms.length === 0 ? none : wordsOf(more));
    byId("rooms-table").hidden = rooms.length === 0;
    this.#first.hidden = this.#after === "";
    this.#next.hidden = more === 0;
  }
}

const wordsOf = (more: number) => (more === 0 ? "" : `and ${count(more)} more`);

function lineOf(room: RoomLine): Cell[] {
  return [
    { text: room.room },
    { text: `${room.game} ${room.mode}` },
    { text: `${room.players}/${room.seats}` },
    { text: `${room.watching}` },
    { text: room.private ? "private" : "public" },
    { text: `${room.tick_hz} Hz` },
    { text: room.age_s === undefined ? "–" : time(room.age_s) },
  ];
}
