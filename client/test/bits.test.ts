import { describe, expect, it } from "vitest";
import { BitReader } from "../src/bits.js";
import { ProtocolError } from "../src/errors.js";
import { BitWriter } from "./support/encode.js";
import { Random } from "./support/random.js";

describe("a bit reader", () => {
  it("reads from the low end of each byte on", () => {
    const bits = new BitReader(Uint8Array.of(0b1011_0010, 0b0000_0001));
    expect([bits.read(1), bits.read(3), bits.read(5)]).toEqual([0, 0b001, 0b1_1011]);
  });

  it("reads 32 bits as an unsigned number", () => {
    expect(new BitReader(Uint8Array.of(255, 255, 255, 255)).read(32)).toBe(0xffffffff);
  });

  it("reads zeros beyond the end", () => {
    const bits = new BitReader(Uint8Array.of(0xff));
    expect([bits.read(12), bits.read(32), bits.count()]).toEqual([0xff, 0, 0]);
  });

  it.each([
    { number: 0, bits: 5 },
    { number: 15, bits: 5 },
    { number: 16, bits: 10 },
    { number: 255, bits: 10 },
    { number: 256, bits: 15 },
    { number: 0xffffffff, bits: 40 },
  ])("reads the count $number from $bits bits", ({ number, bits }) => {
    const bytes = new BitWriter().count(number).bits(1, 1).bytes();
    const reader = new BitReader(bytes);
    expect(reader.count()).toBe(number);
    expect(bytes.length).toBe((bits >> 3) + 1);
    expect(reader.read(1)).toBe(1);
  });

  it("refuses a count that goes on after eight groups", () => {
    const bits = new BitReader(new Uint8Array(8).fill(0xff));
    expect(() => bits.count()).toThrow(ProtocolError);
  });

  it("reads what was written, in any widths", () => {
    const random = new Random(1);
    const numbers = Array.from({ length: 2000 }, () => {
      const width = 1 + random.below(32);
      return { width, value: random.below(2 ** width) };
    });
    const writer = new BitWriter();
    for (const { width, value } of numbers) writer.bits(value, width);
    const reader = new BitReader(writer.bytes());
    for (const { width, value } of numbers) expect(reader.read(width)).toBe(value);
  });
});
