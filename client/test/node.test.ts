import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { startNode } from "../e2e/node.mjs";
import { type AnySchema, type JoinOptions, join, type Room } from "../src/index.js";
import { Random } from "./support/random.js";

// Cuts against a real node, which plays examples/tally: it tells a player about each input that it
// counted, with a number of its own.

/** Milliseconds that any condition may take: the machine may be busy with other things. */
const PATIENCE = 60_000;

const PLAYERS = 8;

/** Cuts a player: a seat may be resumed 16 times at once (RESUME-4). */
const CUTS = 12;

const tally = { name: "tally", hash: "" };

/** What the game says of an input; view is in 1/256 tick. */
interface Counted {
  readonly number: number;
  readonly seq: number;
  readonly add: number;
  readonly view: number;
}

let node: Awaited<ReturnType<typeof startNode>>;

beforeAll(async () => {
  node = await startNode("./examples/tally");
}, 5 * PATIENCE);

afterAll(() => node.stop());

function until(condition: () => void): Promise<void> {
  return vi.waitFor(condition, { timeout: PATIENCE, interval: 20 });
}

/**
 * WebSockets that are cut, without a goodbye, after so many messages each: 0 is before the first, -1
 * before they are open. Where there are no more numbers they last.
 */
function cutAfter(moments: number[]) {
  return class extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols);
      let left = moments.shift();
      const cut = () => this.terminate();
      if (left === undefined) return;
      if (left < 0) setImmediate(cut);
      if (left === 0) this.on("open", cut);
      this.on("message", () => {
        if (left !== undefined && --left === 0) cut();
      });
    }
  };
}

/** Moments to be cut at. Of two in a row one has its Welcome: two attempts that fail mean that the seat is gone. */
function momentsOf(random: Random): number[] {
  const moments = [1 + random.below(20)];
  while (moments.length < CUTS) {
    const least = (moments.at(-1) ?? 0) < 1 ? 1 : -1;
    moments.push(least + random.below(random.once(2) ? 4 : 20));
  }
  return moments;
}

/** A player of the tally: each input is larger than the one before. */
async function seat(options: JoinOptions) {
  const room = await join<AnySchema>(node.url, tally, { WebSocket, ...options });
  const counted: Counted[] = [];
  room.on("Counted", (value) => counted.push(value as never));
  return { room, counted };
}

/** Gives the room inputs, each larger than the one before. */
function play(room: Room, from = 0): void {
  let add = from;
  room.input(() => ({ add: ++add }));
}

/** Requires that each input counted once and each message came once, in order. */
function requireOnce(counted: readonly Counted[], from = 1): void {
  expect(counted.map(({ number }) => number)).toEqual(counted.map((_, i) => from + i));
  for (let i = 1; i < counted.length; i++) {
    expect(counted[i].seq).toBeGreaterThan(counted[i - 1].seq);
    expect(counted[i].add).toBeGreaterThan(counted[i - 1].add);
  }
}

describe("a client that is cut at random moments", () => {
  it.concurrent.each(Array.from({ length: PLAYERS }, (_, i) => i + 1))(
    "comes back each time, loses nothing and doubles nothing (seed %i)",
    async (seed) => {
      const moments = momentsOf(new Random(seed));
      const { room, counted } = await seat({ WebSocket: cutAfter(moments) });
      let resumed = 0;
      room.on("resumed", () => resumed++);
      const { player } = room;
      play(room);
      await until(() => expect(moments).toEqual([]));
      await until(() => expect(room.stats.connection).toBe("playing"));
      const before = counted.length;
      await until(() => expect(counted.length).toBeGreaterThan(before + 20));
      room.input(undefined);
      await until(() => {
        const own = room.view("Player").get(player);
        expect(own?.inputs).toBe(counted.length);
        expect(own?.sum).toBe(counted.reduce((sum, { add }) => sum + add, 0) % 65536);
        expect(room.view("Last").get(player)?.seq).toBe(counted.at(-1)?.seq);
      });
      requireOnce(counted);
      expect(room.closed).toBeUndefined();
      expect(room.player).toBe(player);
      expect(resumed).toBeGreaterThan(CUTS / 2 - 1);
      expect(room.stats.desyncs).toBe(0);
      expect(room.stats.checksumsVerified).toBeGreaterThan(20);
      room.leave();
    },
    5 * PATIENCE,
  );
});

it(
  "goes on where its connection brings nothing any more, though nobody closed it (RESUME-9)",
  async () => {
    const sockets: WebSocket[] = [];
    const { room, counted } = await seat({ WebSocket: noted(sockets) });
    const events: string[] = [];
    room.on("resuming", ({ code }) => events.push(`${code}`));
    room.on("resumed", () => events.push("resumed"));
    play(room);
    await until(() => expect(counted.length).toBeGreaterThan(5));
    sockets[0].pause(); // what comes waits in the kernel, as in the network
    await until(() => expect(events).toEqual(["4009", "resumed"]));
    const before = counted.length;
    await until(() => expect(counted.length).toBeGreaterThan(before + 20));
    requireOnce(counted);
    expect(room.stats.desyncs).toBe(0);
    room.leave();
  },
  5 * PATIENCE,
);

/** WebSockets that are noted as they are opened. */
function noted(sockets: WebSocket[]) {
  return class extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols);
      sockets.push(this);
    }
  };
}

/** What a tab keeps. */
function shelf(copy: Map<string, string> = new Map()) {
  const items = new Map(copy);
  return {
    items,
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
  };
}

describe("a page on a real node", () => {
  it(
    "that is loaded anew goes on as the same player, and hears what it missed",
    async () => {
      const tab = shelf();
      const sockets: WebSocket[] = [];
      const old = await seat({ storage: tab, WebSocket: noted(sockets) });
      play(old.room);
      await until(() => expect(old.counted.length).toBeGreaterThan(5));
      const kept = new Map(tab.items);
      old.room.input(undefined);
      await until(() =>
        expect(old.room.stats.inputsApplied).toBeGreaterThan(old.counted.length - 1),
      );
      sockets[0].removeAllListeners("close"); // a page that goes away hears of nothing more
      sockets[0].close(1001);
      const { room, counted } = await seat({ storage: shelf(kept) });
      expect(room.player).toBe(old.room.player);
      expect(room.stats.checksumsVerified).toBeGreaterThan(0);
      play(room, 1_000_000);
      await until(() => expect(counted.at(-1)?.add).toBeGreaterThan(1_000_005));
      requireOnce(counted, counted[0].number);
      expect(counted[0].number).toBeLessThanOrEqual(old.counted.length + 1);
      const applied = room.stats.inputsApplied;
      expect(applied).toBe(counted.at(-1)?.seq);
      expect(room.stats.desyncs).toBe(0);
      room.leave();
    },
    5 * PATIENCE,
  );

  it(
    "that is copied takes the seat, and the first one is told so (RESUME-9)",
    async () => {
      const tab = shelf();
      const first = await seat({ storage: tab });
      const second = await seat({ storage: shelf(tab.items) });
      expect(second.room.player).toBe(first.room.player);
      await until(() => expect(first.room.closed).toMatchObject({ code: 4008, verdict: "never" }));
      play(second.room);
      await until(() => expect(second.counted.length).toBeGreaterThan(3));
      second.room.leave();
    },
    5 * PATIENCE,
  );

  it(
    "whose seat is gone joins anew, as another player",
    async () => {
      const tab = shelf();
      const first = await seat({ storage: tab });
      const kept = new Map(tab.items);
      first.room.leave();
      let second = await seat({ storage: shelf(kept) });
      while (second.room.player === first.room.player) {
        second.room.leave(); // it was there before the server heard of the first one's end
        second = await seat({ storage: shelf(kept) });
      }
      second.room.leave();
    },
    5 * PATIENCE,
  );

  it(
    "tells the fraction of the tick that it drew (INPUT-9)",
    async () => {
      const { room, counted } = await seat({});
      play(room);
      await until(() => expect(counted.length).toBeGreaterThan(30));
      expect(counted.some(({ view }) => view % 256 > 0)).toBe(true);
      room.leave();
    },
    5 * PATIENCE,
  );
});
