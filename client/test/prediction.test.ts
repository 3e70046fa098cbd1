import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { prediction } from "../src/prediction/index.js";
import type { Snapshot } from "../src/table.js";
import { encodeState, table } from "./support/encode.js";
import { toy, toyRef } from "./support/game.js";
import { first, frame, joined } from "./support/room.js";

const PERIOD = 50; // milliseconds a tick of the toy
const STEP = 32; // words of x that a car goes in a tick

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A car that goes where it is steered and whose gear counts horns; only the server lights it. */
function car(now?: () => { steer: number; horn: number }) {
  return prediction(toyRef, {
    kinds: ["Car"],
    owns: (car) => car.lit === 0,
    step(car, { steer, horn }) {
      car.x += STEP * steer;
      car.gear += horn;
    },
    given: ["lit"],
    ...(now && { now }),
  });
}

/** A room in which the player's car is predicted, steered by what `held` says. */
async function driving(held = { steer: 1, horn: 0 }, now = true) {
  const { room, socket } = await joined();
  const predictor = car(now ? () => held : undefined);
  room.predict(predictor);
  room.input(() => ({ ...held }));
  let base = first;
  /** A state comes, whose car is at a place. */
  const tell = (tick: number, applied: number, x: number, gear = 0, lit = 0) => {
    const next: Snapshot = { tick, tables: [table(4, [1, x, 0, gear, lit]), table(1)] };
    const state = encodeState(toy.kinds, next, { base, check: true });
    socket.receive(frame({ state, ack: [applied, 8] }));
    base = next;
  };
  const x = () => room.view("Car").get(1)?.x ?? Number.NaN;
  return { room, socket, held, tell, x };
}

describe("a prediction", () => {
  it("draws the player's entity ahead of the server, between two inputs", async () => {
    const { room, tell, x } = await driving();
    tell(101, 0, 0);
    vi.advanceTimersByTime(3 * PERIOD); // inputs 1 to 3 are sent
    expect(x()).toBeCloseTo((3 * STEP) / 16, 9);
    vi.advanceTimersByTime(PERIOD / 2);
    expect(x()).toBeCloseTo((3.5 * STEP) / 16, 9);
    expect([...room.column("Car", "x")][0]).toBeCloseTo((3.5 * STEP) / 16, 5);
    room.leave();
  });

  it("does not move it where the server says the same", async () => {
    const { room, tell, x } = await driving();
    tell(101, 0, 0);
    vi.advanceTimersByTime(4.5 * PERIOD);
    const before = x();
    tell(102, 1, STEP);
    tell(104, 3, 3 * STEP);
    expect(x()).toBe(before);
    expect(room.stats.prediction).toMatchObject({ compared: 2, wrong: 0, error: 0 });
    room.leave();
  });

  it("lets what was wrong fade away, and jumps where the field does", async () => {
    const { room, tell, x } = await driving({ steer: 0, horn: 0 });
    tell(101, 0, 0);
    vi.advanceTimersByTime(2 * PERIOD);
    tell(102, 1, 160);
    expect(x()).toBeCloseTo(0, 9);
    expect(room.stats.prediction).toMatchObject({ wrong: 1 });
    const steps: number[] = [];
    for (let i = 0; i < 150; i++) {
      const from = x();
      vi.advanceTimersByTime(16);
      steps.push(x() - from);
    }
    expect(x()).toBeCloseTo(10, 0);
    expect(Math.max(...steps)).toBeLessThan(0.4);
    expect(Math.min(...steps)).toBeGreaterThanOrEqual(0);
    tell(115, 14, 16_000);
    expect(x()).toBe(1000);
    room.leave();
  });

  it("drifts to where it is after a long stall, by a quarter of the field's snap a second", async () => {
    const { room, tell, x } = await driving({ steer: 0, horn: 0 });
    const snap = (toy.kinds[0].fields.find(({ name }) => name === "x")?.snap ?? 0) / 16;
    tell(101, 0, 0);
    vi.advanceTimersByTime(2 * PERIOD);
    tell(102, 1, Math.round(0.9 * snap * 16));
    for (let i = 0; i < 50; i++) {
      const from = x();
      vi.advanceTimersByTime(16);
      expect(x() - from).toBeLessThan((snap / 4) * 0.0161);
    }
    expect(x()).toBeGreaterThan((snap / 4) * 0.7);
    expect(room.stats.prediction?.pushed).toBeCloseTo(x(), 0);
    room.leave();
  });

  it("answers a key at the next frame where it may read what is held", async () => {
    const { room, held, tell, x } = await driving({ steer: 0, horn: 0 });
    tell(101, 0, 0);
    vi.advanceTimersByTime(1.2 * PERIOD);
    expect(x()).toBe(0);
    held.steer = 1;
    vi.advanceTimersByTime(16);
    expect(x()).toBeGreaterThan(0.5);
    room.leave();
  });

  it("answers a key with the next input where it may not, and fades into that", async () => {
    const { room, held, tell, x } = await driving({ steer: 0, horn: 0 }, false);
    tell(101, 0, 0);
    vi.advanceTimersByTime(1.5 * PERIOD);
    held.steer = 1;
    vi.advanceTimersByTime(0.4 * PERIOD);
    expect(x()).toBe(0);
    vi.advanceTimersByTime(0.1 * PERIOD);
    expect(x()).toBe(0);
    vi.advanceTimersByTime(PERIOD);
    expect(x()).toBeGreaterThan(2);
    vi.advanceTimersByTime(100 * PERIOD);
    expect(x()).toBeCloseTo((102 * STEP) / 16, 2);
    room.leave();
  });

  it("moves evenly from frame to frame over many inputs", async () => {
    const { room, tell, x } = await driving();
    tell(101, 0, 0);
    vi.advanceTimersByTime(2 * PERIOD);
    for (let i = 0; i < 60; i++) {
      const from = x();
      vi.advanceTimersByTime(10);
      expect(x() - from).toBeCloseTo((STEP / 16) * (10 / PERIOD), 1);
    }
    room.leave();
  });

  it("presses a one-shot button once, though it is played again", async () => {
    const { room, held, tell } = await driving({ steer: 0, horn: 1 });
    const gear = () => room.view("Car").get(1)?.gear;
    tell(101, 0, 0);
    vi.advanceTimersByTime(PERIOD);
    held.horn = 0;
    vi.advanceTimersByTime(4 * PERIOD);
    tell(102, 0, 160); // one tick without an input: all is played again
    expect(gear()).toBe(0); // word 1
    tell(103, 1, 160, 1);
    vi.advanceTimersByTime(PERIOD);
    expect(gear()).toBe(0);
    room.leave();
  });

  it("presses a one-shot button once where it may not read what is held", async () => {
    const { room, held, tell } = await driving({ steer: 0, horn: 1 }, false);
    const gear = () => room.view("Car").get(1)?.gear;
    tell(101, 0, 0);
    vi.advanceTimersByTime(PERIOD);
    held.horn = 0;
    for (let i = 0; i < 8; i++) {
      expect(gear()).toBe(0); // word 1
      vi.advanceTimersByTime(PERIOD / 4);
    }
    room.leave();
  });

  it("waits where the socket is backed up", async () => {
    const { room, socket, tell, x } = await driving();
    tell(101, 0, 0);
    vi.advanceTimersByTime(2 * PERIOD);
    socket.bufferedAmount = 1 << 20;
    vi.advanceTimersByTime(PERIOD);
    vi.advanceTimersByTime(100 * PERIOD);
    expect(x()).toBeCloseTo((2 * STEP) / 16, 2);
    room.leave();
  });

  it("presses a one-shot button once that waited for the socket", async () => {
    const { room, socket, held, tell } = await driving({ steer: 0, horn: 0 }, false);
    const gear = () => room.view("Car").get(1)?.gear ?? Number.NaN;
    tell(101, 0, 0);
    vi.advanceTimersByTime(PERIOD);
    socket.bufferedAmount = 1 << 20;
    held.horn = 1;
    vi.advanceTimersByTime(PERIOD);
    held.horn = 0;
    vi.advanceTimersByTime(3 * PERIOD);
    expect(gear()).toBe(-1); // word 0
    socket.bufferedAmount = 0;
    for (let i = 0; i < 4; i++) {
      vi.advanceTimersByTime(PERIOD);
      expect(gear()).toBe(0);
    }
    room.leave();
  });

  it("predicts nothing where the player has no entity, and that which it gets", async () => {
    const { room, tell, x } = await driving();
    tell(101, 0, 160, 0, 1); // lit: somebody else's
    vi.advanceTimersByTime(4 * PERIOD);
    expect(x()).toBe(10);
    tell(102, 4, 160);
    expect(x()).toBeCloseTo(10, 9);
    vi.advanceTimersByTime(PERIOD);
    expect(x()).toBeCloseTo((160 + STEP) / 16, 9);
    room.leave();
  });

  it("ends where it is told to", async () => {
    const { room, tell, x } = await driving();
    tell(101, 0, 0);
    vi.advanceTimersByTime(3 * PERIOD);
    room.predict(undefined);
    expect(x()).toBe(0);
    expect(room.stats.prediction).toBeUndefined();
    room.leave();
  });

  it("is refused where the server's schema lacks a kind or has two fields of a name", async () => {
    const { room } = await joined();
    const options = { owns: () => true, step: () => undefined };
    const missing = prediction(toyRef, { kinds: ["Plane" as "Car"], ...options });
    expect(() => room.predict(missing)).toThrow("the server has no kind Plane");
    const twice = prediction(toyRef, { kinds: ["Car", "Car"], ...options });
    expect(() => room.predict(twice)).toThrow("two fields of one name");
    room.leave();
  });
});

/** Where a coin of a car lies when it is thrown, in words beyond the car, and how far it rolls in a tick. */
const THROWN = 100;
const ROLL = 10;

/** A room in which a car throws a coin with its horn. Coins are worth where they are. */
async function throwing() {
  const { room, socket } = await joined();
  const pressed = { horn: 0 };
  const read = () => ({ steer: 0, horn: pressed.horn });
  room.predict(
    prediction(toyRef, {
      kinds: ["Car"],
      owns: () => true,
      step(car, { horn }, _rate, spawn) {
        if (horn > 0) spawn("Coin", { worth: car.x + THROWN });
      },
      spawns: {
        Coin: {
          owns: ({ worth }) => worth < 5000,
          step(coin) {
            coin.worth += ROLL;
          },
          ended: ({ worth }) => worth >= 1000,
        },
      },
      now: read,
    }),
  );
  room.input(() => {
    const input = read();
    pressed.horn = 0;
    return input;
  });
  let base = first;
  /** A state comes with some coins: their ids and what they are worth. */
  const tell = (tick: number, applied: number, ...coins: [id: number, worth: number][]) => {
    const next: Snapshot = { tick, tables: [table(4, [1, 0, 0, 0, 0]), table(1, ...coins)] };
    const state = encodeState(toy.kinds, next, { base, check: true });
    socket.receive(frame({ state, ack: [applied, 8] }));
    base = next;
  };
  const coins = () => Array.from(room.view("Coin"), ({ id, worth }) => [id, worth]);
  return { room, socket, pressed, tell, coins };
}

describe("a prediction of what inputs spawn", () => {
  it("draws it at the next frame, once, and ahead of the server until it is gone there", async () => {
    const { room, pressed, tell, coins } = await throwing();
    tell(101, 0);
    vi.advanceTimersByTime(1.2 * PERIOD);
    expect(coins()).toEqual([]);
    pressed.horn = 1;
    vi.advanceTimersByTime(16);
    const [[id]] = coins();
    let worth = 0;
    for (let i = 0; i < 12; i++) {
      vi.advanceTimersByTime(PERIOD / 4);
      const now = coins();
      expect(now).toHaveLength(1);
      expect(now[0][0]).toBe(id);
      expect(now[0][1]).toBeGreaterThanOrEqual(worth);
      worth = now[0][1];
    } // the press went with input 2; input 4 has gone
    tell(102, 1);
    tell(103, 2, [7, THROWN]);
    expect(coins()).toEqual([[id, worth]]);
    expect(room.stats.prediction).toMatchObject({ spawned: 1, refused: 0 });
    tell(104, 3);
    expect(coins()).toEqual([]);
    vi.advanceTimersByTime(10 * PERIOD);
    expect(coins()).toEqual([]);
    room.leave();
  });

  it("takes it away where the server has the input and it not", async () => {
    const { room, pressed, tell, coins } = await throwing();
    tell(101, 0);
    pressed.horn = 1;
    vi.advanceTimersByTime(3.5 * PERIOD);
    expect(coins()).toHaveLength(1);
    tell(102, 1);
    expect(coins()).toEqual([]);
    expect(room.stats.prediction).toMatchObject({ spawned: 0, refused: 1 });
    room.leave();
  });

  it("is thrown once where its input waited for the socket", async () => {
    const { room, socket, pressed, tell, coins } = await throwing();
    tell(101, 0);
    vi.advanceTimersByTime(PERIOD);
    socket.bufferedAmount = 1 << 20;
    pressed.horn = 1;
    vi.advanceTimersByTime(3 * PERIOD);
    socket.bufferedAmount = 0;
    vi.advanceTimersByTime(PERIOD);
    for (let i = 0; i < 8; i++) {
      expect(coins()).toHaveLength(1);
      vi.advanceTimersByTime(PERIOD / 2);
    }
    tell(102, 1);
    tell(103, 2, [7, THROWN]);
    expect(coins()).toHaveLength(1);
    room.leave();
  });

  it("draws those of others as the server has them, in the order of ids", async () => {
    const { room, pressed, tell, coins } = await throwing();
    tell(101, 0, [3, 6000], [5, 500], [9, 7000]);
    tell(102, 0, [3, 6000], [5, 510], [9, 7000]);
    vi.advanceTimersByTime(4 * PERIOD); // until they are drawn
    pressed.horn = 1;
    vi.advanceTimersByTime(2.5 * PERIOD);
    const now = coins();
    expect(now.map(([id]) => id)).toEqual([3, 5, 9, now[3][0]]);
    expect(now[0]).toEqual([3, 6000]);
    expect(now[3][0]).toBeGreaterThanOrEqual(0xf000_0000);
    expect([...room.column("Coin", "id")]).toEqual(now.map(([id]) => id));
    expect(room.view("Coin").get(5)?.worth).toBeGreaterThan(510);
    expect(room.view("Coin").size).toBe(4);
    room.leave();
  });

  it("does not draw what is over by what can be seen", async () => {
    const { room, tell, coins } = await throwing();
    tell(101, 0, [5, 975]);
    tell(102, 0, [5, 985]);
    expect(coins()).toHaveLength(1);
    vi.advanceTimersByTime(2 * PERIOD);
    expect(coins()).toEqual([]);
    room.leave();
  });

  it("ends where the prediction does", async () => {
    const { room, pressed, tell, coins } = await throwing();
    tell(101, 0);
    pressed.horn = 1;
    vi.advanceTimersByTime(1.5 * PERIOD);
    expect(coins()).toHaveLength(1);
    room.predict(undefined);
    expect(coins()).toEqual([]);
    room.leave();
  });

  it("is refused where the server's schema lacks the kind", async () => {
    const { room } = await joined();
    const options = { owns: () => true, step: () => undefined };
    const spawns = { Plane: options } as object;
    const missing = prediction(toyRef, { kinds: ["Car"], ...options, spawns });
    expect(() => room.predict(missing)).toThrow("the server has no kind Plane");
    room.leave();
  });
});
