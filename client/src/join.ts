import { Client, type Entrance, type Resumption, type Surroundings } from "./client.js";
import type { SocketConstructor } from "./connection.js";
import { RondoError } from "./errors.js";
import { TIMEOUT } from "./knobs.js";
import { type Assignment, aborted, type MatchOptions, match, parseJson } from "./match.js";
import { Room } from "./room.js";
import type { SchemaRef, SchemaTypes } from "./schema.js";

/** How to open a room's connection. */
export interface ConnectOptions {
  /** Ends the attempt; of no effect once the room is joined. */
  signal?: AbortSignal | undefined;
  /** Stands in for the global WebSocket, which Node 20 does not have. */
  WebSocket?: SocketConstructor | undefined;
  /** Stands in for Math.random: chance in the pauses between attempts to come back. */
  random?: (() => number) | undefined;
}

/** The part of a browser's `Storage` that is used. */
export interface SeatStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/** How to join: what to ask the matchmaker for, and how to reach it. */
export interface JoinOptions extends ConnectOptions, Partial<MatchOptions> {
  signal?: AbortSignal | undefined;
  /**
   * Where the tab remembers its seat in this game, such as `sessionStorage`: a page that is loaded
   * anew has the same seat again. For one room at a time.
   */
  storage?: SeatStorage | undefined;
}

/**
 * Gets a seat from the matchmaker, opens it and waits for the first state. Where the storage has a
 * seat that is kept yet, it is that one.
 *
 * @param server the address of the API, such as `https://play.example.com`
 * @param schema what `rondo gen` wrote for the game
 * @throws RondoError with the code that says why
 */
export async function join<S extends SchemaTypes>(
  server: string | URL,
  schema: SchemaRef<S>,
  options: JoinOptions = {},
): Promise<Room<S>> {
  const { game = schema.name, storage, signal, fetch: call = fetch } = options;
  const key = `rondo ${game} ${server}`;
  const home: Home = {
    reachable: async () => (await call(new URL("/v1/openapi.json", server), { method: "HEAD" })).ok,
    keep(seat) {
      try {
        storage?.setItem(key, JSON.stringify(seat ?? null));
      } catch {
        // It is full or forbidden: a page that is loaded anew is another player then.
      }
    },
  };
  const kept = parseJson(storage?.getItem(key) ?? "") as Resumption | undefined;
  try {
    if (typeof kept?.url === "string") return await open(kept, schema, options, home);
  } catch (error) {
    if (signal?.aborted) throw error; // else the seat is gone, and there are others
  }
  return open(await match(server, { ...options, game }), schema, options, home);
}

/**
 * Opens a seat that a matchmaker gave and waits for the first state.
 *
 * @throws RondoError `aborted`, `unreachable`, `timeout`, `closed`, `refused` or `protocol`
 */
export function connect<S extends SchemaTypes>(
  assignment: Assignment,
  schema: SchemaRef<S>,
  options: ConnectOptions = {},
): Promise<Room<S>> {
  return open(assignment, schema, options, {});
}

/** What `join` knows and `connect` does not. */
type Home = Pick<Surroundings, "reachable" | "keep">;

function open<S extends SchemaTypes>(
  entrance: Entrance,
  schema: SchemaRef<S>,
  { signal, random = Math.random, WebSocket: Socket = globalThis.WebSocket }: ConnectOptions,
  home: Home,
): Promise<Room<S>> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) throw aborted(signal);
    const abort = () => client.fail(aborted(signal));
    const late = () => client.fail(new RondoError("timeout", "no state came in time"));
    const timer = setTimeout(late, TIMEOUT);
    signal?.addEventListener("abort", abort);
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    };
    const client: Client = new Client(entrance, {
      ...home,
      Socket,
      random,
      playing(session) {
        settle();
        resolve(new Room(session, schema, () => client.leave()));
      },
      failed(error) {
        settle();
        reject(error);
      },
    });
  });
}
