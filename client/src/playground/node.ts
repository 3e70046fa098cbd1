/** A game of the node. */
export interface Game {
  readonly name: string;
  /** Ticks a second. */
  readonly rate: number;
  /** Players that a room takes. */
  readonly seats: number;
}

/** A running room. */
export interface RoomLine {
  readonly room: string;
  readonly game: string;
  readonly players: number;
  readonly seats: number;
}

/** The games that the node plays. */
export async function listGames(): Promise<readonly Game[]> {
  const { games } = (await get("games.json")) as { games: readonly Game[] };
  return games;
}

/** The rooms that run now. */
export async function listRooms(): Promise<readonly RoomLine[]> {
  const { rooms } = (await get("/v1/rooms?limit=500")) as { rooms: readonly RoomLine[] };
  return rooms;
}

async function get(path: string): Promise<unknown> {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path} answers ${response.status}`);
  return response.json();
}
