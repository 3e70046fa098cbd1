import { describe, expect, it } from "vitest";
import { type Descriptor, parseServerFrame } from "../src/descriptor.js";
import { ProtocolError } from "../src/errors.js";
import { toy } from "./support/game.js";
import { Random } from "./support/random.js";
import { bodyMessage, welcomeMessage } from "./support/server.js";

const car = toy.kinds[0];
const field = car.fields[0];

function withField(change: object): Descriptor {
  return { ...toy, kinds: [{ ...car, fields: [{ ...field, ...change }] }] };
}

describe("a server's message", () => {
  it("is a welcome that describes the game", () => {
    expect(parseServerFrame(welcomeMessage({ schema: toy, rate: 30, player: 9 })).welcome).toEqual({
      schemaHash: "0123456789abcdef",
      schema: toy,
      room: "room-1",
      player: 9,
      rate: 30,
      secret: undefined,
      grace: 0,
      seq: 0,
      heard: 0,
    });
  });

  it("is a body", () => {
    expect(parseServerFrame(bodyMessage(Uint8Array.of(1, 2, 3)))).toEqual({
      body: Uint8Array.of(1, 2, 3),
    });
  });

  it("may lie anywhere in a larger buffer", () => {
    const message = bodyMessage(Uint8Array.of(1, 2, 3));
    const larger = new Uint8Array(message.length + 6);
    larger.set(message, 3);
    const { body } = parseServerFrame(larger.subarray(3, 3 + message.length));
    expect(body).toEqual(Uint8Array.of(1, 2, 3));
  });

  it.each<{ what: string; schema: Descriptor }>([
    { what: "a field of 0 bits", schema: withField({ bits: 0 }) },
    { what: "a field of 33 bits", schema: withField({ bits: 33 }) },
    { what: "a field of no known type", schema: withField({ type: "none" }) },
    { what: "33 kinds", schema: { ...toy, kinds: Array(33).fill(car) } },
    { what: "65 fields", schema: { ...toy, kinds: [{ ...car, fields: Array(65).fill(field) }] } },
    { what: "a kind without fields", schema: { ...toy, kinds: [{ ...car, fields: [] }] } },
    { what: "a position in no column", schema: { ...toy, kinds: [{ ...car, x: 4 }] } },
    { what: "9 input fields", schema: { ...toy, input: Array(9).fill(toy.input[0]) } },
    {
      what: "an input field of min over max",
      schema: { ...toy, input: [{ name: "up", min: 1, max: 0, edge: false }] },
    },
    { what: "65 messages", schema: { ...toy, messages: Array(65).fill(toy.messages[0]) } },
    { what: "a name of 1,025 bytes", schema: { ...toy, name: "a".repeat(1025) } },
  ])("is refused with $what", ({ schema }) => {
    expect(() => parseServerFrame(welcomeMessage({ schema }))).toThrow(ProtocolError);
  });

  it.each([
    { what: "of another version", hello: { protocol: 2 } },
    { what: "without a rate", hello: { rate: 0 } },
    { what: "of 241 ticks a second", hello: { rate: 241 } },
  ])("is refused as a welcome $what", ({ hello }) => {
    expect(() => parseServerFrame(welcomeMessage({ schema: toy, ...hello }))).toThrow(
      ProtocolError,
    );
  });

  it("is refused at every truncation, or is what it was", () => {
    const welcome = welcomeMessage({ schema: toy });
    for (let n = 0; n < welcome.length; n++) {
      const cut = parsed(welcome.subarray(0, n));
      if (cut !== undefined) expect(cut.welcome?.schema).toEqual(toy);
    }
    const body = bodyMessage(Uint8Array.of(1, 2, 3));
    for (let n = 0; n < body.length; n++) expect(parsed(body.subarray(0, n))).toBeUndefined();
  });

  it("with any bytes changed parses or is refused, and nothing else", () => {
    const random = new Random(5);
    const welcome = welcomeMessage({ schema: toy });
    for (let i = 0; i < 20_000; i++) {
      const bytes = welcome.slice();
      for (let n = 1 + random.below(4); n > 0; n--) {
        bytes[random.below(bytes.length)] = random.once(2) ? random.below(256) : 0xff;
      }
      parsed(bytes);
    }
  });

  it("of random bytes parses or is refused, and nothing else", () => {
    const random = new Random(6);
    for (let i = 0; i < 20_000; i++) {
      parsed(Uint8Array.from({ length: random.below(48) }, () => random.below(24)));
    }
  });
});

/** What the bytes say; undefined where they are refused. Anything else thrown fails the test. */
function parsed(bytes: Uint8Array) {
  try {
    return parseServerFrame(bytes);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return undefined;
  }
}
