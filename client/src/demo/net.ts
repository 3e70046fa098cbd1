import { arena } from "../arena_gen.js";
import { backoff, type CloseInfo, join, RondoError } from "../index.js";
import type { Network } from "../netsim/index.js";
import type { ArenaRoom } from "./scene.js";

/** Who hears how joining goes. */
export interface NetEvents {
  /** The page asks for a room. */
  joining(): void;
  /** There is a room, until lost or over. */
  joined(room: ArenaRoom): void;
  /** The connection is cut; what is drawn stands still until the room is back at its seat. */
  resuming(): void;
  resumed(): void;
  /** There is none, and the next try is in so many seconds. */
  lost(why: string, seconds: number): void;
  /** There is none, and there will be none unless the player asks for it by `again`. */
  over(why: string, again: () => void): void;
}

/** What the page's address names: `?game=` a variant of the arena, `?code=` or `?room=` which room, `?watch` not to play. */
const query = new URLSearchParams(location.search);
const game = query.get("game") ?? arena.name;
const wanted = {
  game,
  code: query.get("code") ?? undefined,
  room: query.get("room") ?? undefined,
  watch: query.has("watch") || undefined,
};

/** Where a reload of the page finds its seat again; a link to a certain room is followed instead. */
const { code, room, watch } = wanted;
const storage = code || room || watch ? undefined : sessionStorage;

/** Milliseconds that a room must last for the next failure to count as the first. */
const STABLE = 10_000;

/** Joins a room of this page's own server, over a network, and joins anew by the verdict of each end. */
export async function keepJoined(network: Network, events: NetEvents): Promise<void> {
  for (let failures = 0; ; ) {
    events.joining();
    const start = performance.now();
    const end = await playOnce(network, events);
    if (end.verdict === "never") await new Promise<void>((again) => events.over(end.why, again));
    if (end.verdict === "never" || performance.now() - start > STABLE) failures = 0;
    if (end.verdict === "backoff") await pause(events, end, ++failures);
  }
}

interface End {
  readonly verdict: CloseInfo["verdict"];
  readonly why: string;
  /** Seconds to wait, where the server said so. */
  readonly retryAfter?: number | undefined;
}

async function playOnce({ WebSocket }: Network, events: NetEvents): Promise<End> {
  try {
    const room = await join(location.origin, arena, { ...wanted, WebSocket, storage });
    if (room.schema.name !== arena.name) return notArena(room);
    return await new Promise((resolve) => {
      room.on("resuming", () => events.resuming());
      room.on("resumed", () => events.resumed());
      room.on("close", ({ code, verdict, reason }) =>
        resolve({ verdict, why: reason || `code ${code}` }),
      );
      events.joined(room);
    });
  } catch (error) {
    if (!(error instanceof RondoError)) throw error;
    const verdict = error.code === "refused" ? "never" : "backoff";
    return { verdict, why: error.message, retryAfter: error.retryAfter };
  }
}

function notArena(room: ArenaRoom): End {
  room.leave();
  return { verdict: "never", why: `This page draws the arena, and ${game} is another game.` };
}

async function pause(events: NetEvents, end: End, failures: number): Promise<void> {
  const ms = Math.max(backoff(failures), 1000 * (end.retryAfter ?? 0));
  events.lost(end.why, Math.ceil(ms / 1000));
  await new Promise((resolve) => setTimeout(resolve, ms));
}
