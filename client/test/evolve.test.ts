import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Descriptor } from "../src/descriptor.js";
import { connect } from "../src/join.js";
import type { Snapshot } from "../src/table.js";
import { encodeFrame, encodeState, table, zigzag } from "./support/encode.js";
import { byteKind, toy, toyRef } from "./support/game.js";
import { assignment } from "./support/room.js";
import { bodyMessage, welcomeMessage } from "./support/server.js";
import { FakeSocket } from "./support/socket.js";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** Joins a room of a server with that schema and one state, by the toy's types. */
async function joined(schema: Descriptor, tables: Snapshot["tables"]) {
  const joining = connect(assignment, toyRef, { WebSocket: FakeSocket });
  const socket = FakeSocket.last;
  const say = (body: Parameters<typeof encodeFrame>[0]) =>
    socket.receive(bodyMessage(encodeFrame(body)));
  socket.open();
  socket.receive(welcomeMessage({ schema }));
  say({ state: encodeState(schema.kinds, { tick: 100, tables }, { check: true }) });
  socket.frames();
  const room = await joining;
  vi.advanceTimersByTime(0); // the turn of the event loop from which on messages are told
  return { room, socket, say };
}

const [car, coin] = toy.kinds;
const [x, heading, gear, lit] = car.fields;

describe("a client that was built before the server", () => {
  const [extra] = byteKind(8).fields;
  const newer: Descriptor = {
    ...toy,
    kinds: [byteKind(8, 8), coin, { ...car, fields: [extra, lit, gear, heading, extra, x] }],
    input: [{ name: "brake", min: 1, max: 3, edge: false }, ...toy.input],
    messages: [
      { name: "News", fields: [] },
      { ...toy.messages[0], fields: [...toy.messages[0].fields].reverse() },
    ],
  };
  const rows = [table(2, [1, 7, 7]), table(1), table(6, [1, 99, 1, 3, 512, 98, 160])];

  it("reads what it knows by name, and passes over the rest", async () => {
    const { room } = await joined(newer, rows);
    const [only] = room.view("Car");
    expect(only).toMatchObject({ id: 1, x: 10, heading: 0.5, gear: 2, lit: true });
    expect(room.view("Coin").size).toBe(0);
    room.leave();
  });

  it("hears what it knows by name, and passes over the rest", async () => {
    const { room, say } = await joined(newer, rows);
    const heard: unknown[] = [];
    room.on("Crash", (crash) => heard.push(crash));
    const crash = [2, 0x68, 0x69, ...zigzag(1)];
    say({
      messages: [
        [0, []],
        [1, crash],
      ],
    });
    expect(heard).toEqual([{ car: 1, why: "hi" }]);
    room.leave();
  });

  it("sends nothing for an input that it does not know, or the nearest to that", async () => {
    const { room, socket } = await joined(newer, rows);
    room.input(() => ({ steer: -1, horn: 1 }));
    vi.advanceTimersByTime(50);
    expect(socket.frames().map(({ input }) => input)).toEqual([[1, -1, 1]]);
    room.leave();
  });
});

describe("a client that was built after the server", () => {
  const older: Descriptor = {
    ...toy,
    kinds: [{ ...car, fields: [x, gear] }],
    input: [toy.input[1]],
    messages: [{ name: "Crash", fields: [{ name: "car", type: "int", maxLen: 0 }] }],
  };
  const rows = [table(2, [1, 160, 3], [2, 0, 0])];

  it("has the default of what the server does not have", async () => {
    const { room } = await joined(older, rows);
    const car = room.view("Car").get(2);
    expect(car).toMatchObject({ id: 2, x: 0, gear: -1, heading: 0, lit: false });
    for (const { heading, lit } of room.view("Car")) expect([heading, lit]).toEqual([0, false]);
    expect([...room.view("Coin")]).toEqual([]);
    room.leave();
  });

  it("hears the default in messages too", async () => {
    const { room, say } = await joined(older, rows);
    const heard: unknown[] = [];
    room.on("Crash", (crash) => heard.push(crash));
    say({ messages: [[0, [...zigzag(5)]]] });
    expect(heard).toEqual([{ car: 5, why: "" }]);
    room.leave();
  });

  it("sends only what the server knows", async () => {
    const { room, socket } = await joined(older, rows);
    room.input(() => ({ steer: -1, horn: 1 }));
    vi.advanceTimersByTime(50);
    expect(socket.frames().map(({ input }) => input)).toEqual([[1]]);
    room.leave();
  });
});
