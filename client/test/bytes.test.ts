import { describe, expect, it } from "vitest";
import { ByteReader } from "../src/bytes.js";
import { ProtocolError } from "../src/errors.js";
import { uvarint, zigzag } from "./support/encode.js";

describe("a byte reader", () => {
  it("reads little-endian numbers", () => {
    const input = new ByteReader(Uint8Array.of(1, 0xff, 2, 1, 4, 3, 2, 0x81));
    expect([input.u8(), input.i8(), input.u16(), input.u32()]).toEqual([1, -1, 0x102, 0x81020304]);
  });

  it("reads from a part of a larger buffer", () => {
    const input = new ByteReader(Uint8Array.of(9, 9, 1, 2, 9).subarray(2, 4));
    expect(input.u16()).toBe(0x201);
    expect(() => input.u8()).toThrow(ProtocolError);
  });

  it.each([0, 127, 128, 16_383, 16_384, 0x7fffffff, 0xffffffff])(
    "reads the uvarint %d",
    (value) => {
      expect(new ByteReader(Uint8Array.from(uvarint(value))).uvarint()).toBe(value);
    },
  );

  it.each([
    { what: "over 32 bits", bytes: [0xff, 0xff, 0xff, 0xff, 0x1f] },
    { what: "over five bytes", bytes: [0x80, 0x80, 0x80, 0x80, 0x80, 0] },
    { what: "cut off", bytes: [0x80] },
  ])("refuses a uvarint that is $what", ({ bytes }) => {
    expect(() => new ByteReader(Uint8Array.from(bytes)).uvarint()).toThrow(ProtocolError);
  });

  it.each([0, -1, 1, 12_345, -12_345, 0x7fffffff, -0x80000000])("reads the integer %d", (value) => {
    expect(new ByteReader(Uint8Array.from(zigzag(value))).zigzag()).toBe(value);
  });

  it("does not take more than there is", () => {
    const input = new ByteReader(Uint8Array.of(1, 2, 3));
    expect(() => input.take(4)).toThrow(ProtocolError);
    expect([...input.take(2), ...input.rest()]).toEqual([1, 2, 3]);
    expect(input.rest()).toHaveLength(0);
  });
});
