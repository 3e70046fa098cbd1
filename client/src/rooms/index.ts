import { RondoError } from "../errors.js";
import { type AskOptions, type Assignment, ask, parseJson, post, seatOf } from "../match.js";

/** A running room as anybody may see it. */
export interface RoomLine {
  readonly room: string;
  readonly game: string;
  readonly mode: string;
  readonly players: number;
  readonly seats: number;
  /** Whether a player can join it now, by `join` with its name as `room`. */
  readonly open?: boolean;
  readonly region?: string;
  /** In the words of whoever made the room: show them as text. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Spectators that it takes; none where it is not there. */
  readonly spectators?: number;
  /** Spectators there now. */
  readonly watching?: number;
}

/** Which rooms a list is to have; all that are not private where nothing is said. */
export interface ListOptions extends AskOptions {
  game?: string | undefined;
  mode?: string | undefined;
  region?: string | undefined;
  /** Only rooms that a player can join now. */
  open?: boolean | undefined;
  /** Labels that they all have. */
  labels?: Readonly<Record<string, string>> | undefined;
}

/** A room to open. */
export interface NewRoomOptions extends AskOptions {
  game: string;
  /** One of the game's modes; "quick" where it is not given. Its rules do not hold in the room. */
  mode?: string | undefined;
  /** On no list, and for nobody without the code. */
  private?: boolean | undefined;
  /** What others are to know of it. */
  labels?: Readonly<Record<string, string>> | undefined;
  region?: string | undefined;
  /** Players that it takes; those of the mode where it is not given. */
  seats?: number | undefined;
  /** Seats that are kept for who comes with the code, two minutes or `reserveSeconds`. */
  reserve?: number | undefined;
  reserveSeconds?: number | undefined;
}

/**
 * The rooms that run, ascending by name. Pages are asked for as the loop gets to them.
 *
 * @param server the address of the API, such as `https://play.example.com`
 * @throws RondoError `aborted`, `unreachable`, `refused`, `busy` or `protocol`
 */
export async function* listRooms(
  server: string | URL,
  options: ListOptions = {},
): AsyncGenerator<RoomLine, void> {
  const query = new URLSearchParams();
  for (const name of ["game", "mode", "region", "open"] as const) {
    const value = options[name];
    if (value !== undefined) query.set(name, String(value));
  }
  for (const [name, value] of Object.entries(options.labels ?? {})) {
    query.append("label", `${name}:${value}`);
  }
  let next: string | undefined;
  do {
    const page = parseJson(await ask(server, `/v1/rooms?${query}`, {}, options)) as
      | Partial<Page>
      | undefined;
    if (!Array.isArray(page?.rooms)) throw new RondoError("protocol", "the answer is no list");
    yield* page.rooms;
    next = page.next;
    if (next !== undefined) query.set("cursor", next);
  } while (next !== undefined);
}

interface Page {
  readonly rooms: readonly RoomLine[];
  readonly next?: string;
}

/**
 * Opens a room and takes a seat in it, which `connect` opens. The assignment's `code` lets friends
 * in, by `join` with it.
 *
 * @throws RondoError `aborted`, `unreachable`, `refused`, `busy` or `protocol`
 */
export async function openRoom(
  server: string | URL,
  { signal, fetch, reserveSeconds, ...room }: NewRoomOptions,
): Promise<Assignment> {
  const body = post({ ...room, reserve_s: reserveSeconds });
  return seatOf(await ask(server, "/v1/rooms", body, { signal, fetch }));
}
