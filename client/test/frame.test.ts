import { describe, expect, it } from "vitest";
import { ProtocolError } from "../src/errors.js";
import { fullSeq, parseFrame } from "../src/frame.js";
import { decodeMessage } from "../src/message.js";
import { encodeFrame, zigzag } from "./support/encode.js";
import { toy } from "./support/game.js";

const crash = [...zigzag(-3), 4, ...new TextEncoder().encode("wall")];
const whole = encodeFrame({
  ack: [0xabcd, -5],
  echo: [0xfffffffe, 1500],
  messages: [
    [0, crash],
    [0, []],
  ],
  state: Uint8Array.of(1, 2, 3),
});

describe("a frame", () => {
  it("has all its parts", () => {
    expect(parseFrame(whole)).toEqual({
      ack: { low: 0xabcd, slack: -5 },
      echo: { echo: 0xfffffffe, held: 1500 },
      messages: [
        { kind: 0, body: Uint8Array.from(crash) },
        { kind: 0, body: new Uint8Array(0) },
      ],
      state: Uint8Array.of(1, 2, 3),
    });
  });

  it("has none of its parts", () => {
    const none = { ack: undefined, echo: undefined, messages: [], state: undefined };
    expect(parseFrame(Uint8Array.of(0))).toEqual(none);
  });

  it("is refused at every truncation before its state", () => {
    for (let n = 0; n < whole.length - 3; n++) {
      expect(() => parseFrame(whole.subarray(0, n))).toThrow(ProtocolError);
    }
  });

  it("is refused with an unknown flag", () => {
    expect(() => parseFrame(Uint8Array.of(0x10))).toThrow(ProtocolError);
  });

  it("is refused at once where it claims more messages than it has", () => {
    expect(() => parseFrame(Uint8Array.of(4, 0xff, 0xff, 0xff, 0xff, 0x0f))).toThrow(ProtocolError);
  });

  it.each([
    { last: 0, low: 1, full: 1 },
    { last: 0xfffe, low: 1, full: 0x10001 },
    { last: 70_000, low: 70_000 & 0xffff, full: 70_000 },
    { last: 70_000, low: (70_000 - 1) & 0xffff, full: 70_000 + 65_535 },
    { last: 0xfffffff0, low: 0xffff, full: 0xffffffff },
  ])("acknowledges $full by $low after $last", ({ last, low, full }) => {
    expect(fullSeq(last, low)).toBe(full);
  });
});

describe("a message", () => {
  const decode = (...body: number[]) =>
    decodeMessage(toy.messages, { kind: 0, body: Uint8Array.from(body) });

  it("has its values by name", () => {
    expect(decode(...crash)).toEqual({ car: -3, why: "wall" });
  });

  it("may have bytes beyond its fields", () => {
    expect(decode(...crash, 1, 2, 3)).toEqual({ car: -3, why: "wall" });
  });

  it("is refused at every truncation", () => {
    for (let n = 0; n < crash.length; n++) {
      expect(() => decode(...crash.slice(0, n))).toThrow(ProtocolError);
    }
  });

  it("is refused where a string is longer than its field", () => {
    expect(() => decode(0, 9, 1, 1, 1, 1, 1, 1, 1, 1, 1)).toThrow(ProtocolError);
  });

  it("is refused where its kind is not in the schema", () => {
    const raw = { kind: 1, body: new Uint8Array(0) };
    expect(() => decodeMessage(toy.messages, raw)).toThrow(ProtocolError);
  });
});
