import { arena, type Controls } from "../../src/arena_gen.js";
import { flyAhead } from "../../src/demo/ahead.js";
import { join, type SocketConstructor } from "../../src/index.js";

/** What a minute was like. */
export interface Minute {
  /** Ticks of the room from the first state to the last. */
  readonly ticks: number;
  readonly proved: number;
  readonly desyncs: number;
  /** Ticks of the own ship that were compared with what was predicted, and how many were not right. */
  readonly compared: number;
  readonly wrong: number;
  /** Frames drawn, and the most ships in one of them. */
  readonly frames: number;
  readonly ships: number;
  /** Units that the own ship flew, as it was drawn. */
  readonly flown: number;
  /** How the room ended before its time, if it did. */
  readonly closed: string | undefined;
}

/** What of the platform a game needs and not every platform has. */
export interface Platform {
  readonly WebSocket?: SocketConstructor;
}

/**
 * Plays the arena on a node for so many seconds, in a browser or in Node: flies in curves, fires, and
 * reads every ship at every frame.
 */
export async function play(server: string, seconds: number, platform: Platform): Promise<Minute> {
  await using room = await join(server, arena, platform);
  const held = () => controlsAt(performance.now());
  room.input(held);
  flyAhead(room, held);
  const first = room.stats.tick;
  const end = performance.now() + seconds * 1000;
  let [frames, ships, flown] = [0, 0, 0];
  let last: { x: number; y: number } | undefined;
  while (performance.now() < end && !room.closed) {
    await frame();
    frames++;
    const view = room.view("Ship");
    ships = Math.max(ships, view.size);
    for (const { x, y, owner, alive } of view) {
      if (owner !== room.player || !alive) continue;
      if (last) flown += Math.hypot(x - last.x, y - last.y);
      last = { x, y };
    }
  }
  const { tick, checksumsVerified, desyncs, prediction } = room.stats;
  return {
    ticks: tick - first,
    proved: checksumsVerified,
    desyncs,
    compared: prediction?.compared ?? 0,
    wrong: prediction?.wrong ?? 0,
    frames,
    ships,
    flown,
    closed: room.closed?.reason,
  };
}

/** What the player holds: ahead, now to the left and now to the right, firing half of the time. */
function controlsAt(now: number): Controls {
  const second = Math.floor(now / 1000);
  return {
    thrust: second % 4 === 3 ? 0 : 1,
    turn: (second % 3) - 1,
    aim: Math.floor(now / 10) % 1024,
    fire: second % 2,
  };
}

/** Waits for the next frame; where nothing is drawn, for as long as one takes. */
function frame(): Promise<unknown> {
  return new Promise((done) => {
    if (typeof requestAnimationFrame === "function") requestAnimationFrame(done);
    else setTimeout(done, 1000 / 60);
  });
}
