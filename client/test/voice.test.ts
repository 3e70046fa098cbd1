import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { encodeSaid, Voice } from "../src/voice/index.js";
import { readSaid } from "./support/clientframe.js";
import { toy } from "./support/game.js";
import { joined } from "./support/room.js";

const PERIOD = 50; // milliseconds a tick of the toy

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("what a player says", () => {
  it("goes with inputs, in order and two a second", async () => {
    const { room, socket } = await joined();
    room.input(() => ({ steer: 0, horn: 0 }));
    const voice = new Voice(room);
    expect(voice.say("Crash", { car: -1, why: "ice" })).toBe(true);
    expect(voice.say("Crash", { car: 2, why: "" })).toBe(true);
    vi.advanceTimersByTime(20 * PERIOD);
    const said = socket.sent.map(readSaid);
    expect(said.filter((message) => message !== undefined)).toEqual([
      [0, 5, 1, 3, 0x69, 0x63, 0x65],
      [0, 2, 4, 0],
    ]);
    const [first, second] = said.flatMap((message, i) => (message ? [i] : []));
    expect((second - first) * PERIOD).toBeGreaterThanOrEqual(500);
    room.leave();
  });

  it("needs no input to go", async () => {
    const { room, socket } = await joined();
    new Voice(room).say("Crash", { car: 1, why: "" });
    vi.advanceTimersByTime(2 * PERIOD);
    expect(socket.sent.map(readSaid)).toEqual([[0, 2, 2, 0]]);
    room.leave();
  });

  it("is refused where it will not go", async () => {
    const { room } = await joined();
    const voice = new Voice(room);
    const crash = { car: 1, why: "" };
    expect(voice.say("Boom" as "Crash", crash)).toBe(false);
    for (let i = 0; i < 8; i++) expect(voice.say("Crash", crash)).toBe(true);
    expect(voice.say("Crash", crash)).toBe(false);
    room.leave();
    expect(voice.say("Crash", crash)).toBe(false);
  });

  it("waits for a socket that takes nothing", async () => {
    const { room, socket } = await joined();
    socket.bufferedAmount = 1_000_000;
    new Voice(room).say("Crash", { car: 1, why: "" });
    vi.advanceTimersByTime(5 * PERIOD);
    expect(socket.sent).toEqual([]);
    socket.bufferedAmount = 0;
    vi.advanceTimersByTime(5 * PERIOD);
    expect(socket.sent.map(readSaid)).toEqual([[0, 2, 2, 0]]);
    room.leave();
  });
});

describe("the code of what is said", () => {
  const coded = (car: number, why: string) => [
    ...(encodeSaid(toy.messages, "Crash", { car, why }) ?? []),
  ];

  it("has strings cut at a character's edge", () => {
    expect(coded(0, "äöüéß")).toEqual([0, 10, 0, 8, ...new TextEncoder().encode("äöüé")]);
    expect(coded(0, "1234567🚀")).toEqual([0, 9, 0, 7, ...new TextEncoder().encode("1234567")]);
    expect(coded(0, "\ud800")).toEqual([0, 5, 0, 3, 0xef, 0xbf, 0xbd]); // a lone surrogate
  });

  it("has whole numbers of 32 bits, whatever is given", () => {
    expect(coded(2 ** 31 - 1, "")).toEqual([0, 6, 0xfe, 0xff, 0xff, 0xff, 0x0f, 0]);
    expect(coded(-(2 ** 31), "")).toEqual([0, 6, 0xff, 0xff, 0xff, 0xff, 0x0f, 0]);
    expect(coded(1.6, "")).toEqual([0, 2, 4, 0]);
    expect(coded(Number.NaN, "")).toEqual([0, 2, 0, 0]);
    expect([...(encodeSaid(toy.messages, "Crash", {}) ?? [])]).toEqual([0, 2, 0, 0]);
  });
});
