import { describe, expect, it } from "vitest";
import { parseServerFrame } from "../src/descriptor.js";
import { ProtocolError } from "../src/errors.js";
import { Session } from "../src/session.js";
import { emptyTable, type Snapshot, type Table } from "../src/table.js";
import { encodeState, zigzag } from "./support/encode.js";
import { evolve, toy, toyWidths } from "./support/game.js";
import { Random } from "./support/random.js";
import { frame } from "./support/room.js";
import { welcomeMessage } from "./support/server.js";
import { FakeSocket } from "./support/socket.js";

const { welcome } = parseServerFrame(welcomeMessage({ schema: toy }));

/** A session that has no state yet. */
function fresh(): Session {
  if (welcome === undefined) throw new Error("the welcome is none");
  const session = new Session(welcome, new FakeSocket("ws://node", []));
  session.start();
  return session;
}

function toyTables(): Table[] {
  return toyWidths.map(({ length }) => emptyTable(length));
}

/** Messages of a server with everything in them, one a tick. */
function* messages(seed: number): Generator<Uint8Array> {
  const random = new Random(seed);
  let base: Snapshot | undefined;
  let now: Snapshot = { tick: 0, tables: toyTables() };
  for (;;) {
    now = evolve(random, now);
    yield frame({
      ack: [random.below(0x10000), random.below(256) - 128],
      echo: [random.below(2 ** 32), random.below(2 ** 32)],
      messages: [[0, [...zigzag(random.below(1000)), 2, 0x68, 0x69]]],
      state: encodeState(toy.kinds, now, { base, check: true }),
    });
    base = now;
  }
}

/** Whether the session takes the message; anything thrown but a ProtocolError fails the test. */
function takes(session: Session, message: Uint8Array): boolean {
  try {
    session.receive(message, 0);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(ProtocolError);
    return false;
  }
}

describe("a session", () => {
  it("proves every state of a server and hears every message", () => {
    const session = fresh();
    let heard = 0;
    session.events.on("Crash", () => heard++);
    const server = messages(8);
    for (let i = 0; i < 300; i++) session.receive(server.next().value, 50 * i);
    expect(session).toMatchObject({ frames: 300, checksumsVerified: 300, desyncs: 0 });
    expect(heard).toBe(300);
  });

  it("refuses every message that is cut off before its state, or in what the checksum covers", () => {
    const [message] = messages(9);
    for (let n = 0; n < message.length; n++) {
      const session = fresh();
      if (takes(session, message.subarray(0, n))) expect(session.checksumsVerified).toBe(0);
    }
  });

  it.each([
    { what: "a state that is bad", parts: { state: Uint8Array.of(8) } },
    { what: "a message that is not in the schema", parts: { messages: [[63, []]] as const } },
    { what: "a message that is cut off", parts: { messages: [[0, []]] as const } },
  ])("takes nothing of a frame with $what, its ack neither", ({ parts }) => {
    const session = fresh();
    const [message] = messages(11);
    const state = encodeState(toy.kinds, { tick: 7, tables: toyTables() });
    expect(takes(session, frame({ ack: [5, 16], echo: [0, 0], state, ...parts }))).toBe(false);
    expect(session).toMatchObject({ frames: 0, newest: undefined });
    expect(session.uplink).toMatchObject({ applied: 0, roundTrip: { mean: undefined } });
    expect(session.inputClock.slack).toBeUndefined();
    expect(takes(session, message)).toBe(true);
  });

  it("takes or refuses any message, and nothing else", () => {
    const random = new Random(10);
    for (let i = 0; i < 300; i++) {
      const session = fresh();
      const server = messages(i);
      for (let n = 0; n < 20; n++) {
        const message = server.next().value;
        if (random.once(3)) message[random.below(message.length)] = random.below(256);
        takes(session, message);
      }
    }
  });
});
