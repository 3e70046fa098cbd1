import { describe, expect, it } from "vitest";
import { ProtocolError } from "../src/errors.js";
import { StateDecoder } from "../src/state.js";
import { checksum, emptyTable, type Snapshot } from "../src/table.js";
import { encodeState, table, u32 } from "./support/encode.js";
import { byteKind, evolve, toy, toyWidths } from "./support/game.js";
import { Random } from "./support/random.js";

const kinds = [byteKind(8)];
const one: Snapshot = { tick: 10, tables: [table(1, [1, 5])] };
const two: Snapshot = { tick: 11, tables: [table(1, [1, 6], [2, 7])] };
const far: Snapshot = { tick: 300, tables: [table(1, [2, 8])] };

/** A decoder that has had the full state `one`. */
function started(): StateDecoder {
  const decoder = new StateDecoder(kinds);
  decoder.decode(encodeState(kinds, one));
  return decoder;
}

describe("a state decoder", () => {
  it.each([
    { tables: [], sum: 2166136261 },
    { tables: [emptyTable(1)], sum: 781156998 },
    { tables: [table(1, [1, 5], [2, 7]), table(1, [0xffffffff, 0xffffffff])], sum: 3983475804 },
  ])("sums up a state to $sum", ({ tables, sum }) => {
    expect(checksum(tables)).toBe(sum);
  });

  it("starts from a full state", () => {
    const decoder = new StateDecoder(kinds);
    expect(decoder.newest).toBeUndefined();
    const outcome = decoder.decode(encodeState(kinds, one));
    expect(outcome).toEqual({ kind: "applied", snapshot: one, verified: false });
    expect(decoder.newest).toEqual(one);
  });

  it("builds the next tick and a later one on the newest", () => {
    const decoder = started();
    decoder.decode(encodeState(kinds, two, { base: one }));
    expect(decoder.newest).toEqual(two);
    decoder.decode(encodeState(kinds, far, { base: two }));
    expect(decoder.newest).toEqual(far);
  });

  it("says where a checksum proved a state", () => {
    const bytes = encodeState(kinds, two, { base: one, check: true });
    expect(started().decode(bytes)).toMatchObject({ kind: "applied", verified: true });
  });

  it("drops all states from a wrong checksum up to the next full one", () => {
    const decoder = started();
    const wrong = encodeState(kinds, two, { base: one, check: true });
    wrong[7] ^= 1; // behind the flags, the tick and the ages
    expect(decoder.decode(wrong)).toEqual({ kind: "desync", tick: 11 });
    expect(decoder.newest).toEqual(one);
    expect(decoder.decode(encodeState(kinds, far, { base: two }))).toEqual({ kind: "dropped" });
    expect(decoder.decode(encodeState(kinds, far)).kind).toBe("applied");
    expect(decoder.newest).toEqual(far);
  });

  it.each([
    { what: "that does not start with a full one", bytes: encodeState(kinds, two, { base: one }) },
    { what: "with unknown flags", bytes: Uint8Array.of(8) },
    { what: "that is full and names a baseline", bytes: Uint8Array.of(3, ...u32(1), 1) },
    { what: "of tick 0", bytes: Uint8Array.of(1, ...u32(0)) },
    { what: "without a byte", bytes: new Uint8Array(0) },
  ])("refuses a state $what", ({ bytes }) => {
    expect(() => new StateDecoder(kinds).decode(bytes)).toThrow(ProtocolError);
  });

  it.each([
    { what: "is its own baseline", bytes: Uint8Array.of(2, 0, 0) },
    { what: "says another tick than it stands at", bytes: Uint8Array.of(4, ...u32(12), ...u32(0)) },
    { what: "is older than any baseline", bytes: Uint8Array.of(2, 0x81, 0x20, 0) },
  ])("refuses a state that $what", ({ bytes }) => {
    expect(() => started().decode(bytes)).toThrow(ProtocolError);
  });

  it("refuses every truncation of a header", () => {
    const age = encodeState(kinds, far, { base: one, check: true }).subarray(0, 1 + 4 + 3 + 4);
    for (let n = 0; n < age.length; n++) {
      expect(() => started().decode(age.subarray(0, n))).toThrow(ProtocolError);
    }
  });

  it("follows a server for a thousand ticks, every one proved", () => {
    const random = new Random(4);
    const decoder = new StateDecoder(toy.kinds);
    let now = evolve(random, { tick: 0, tables: toyWidths.map((w) => emptyTable(w.length)) });
    decoder.decode(encodeState(toy.kinds, now, { check: true }));
    for (let i = 0; i < 1000; i++) {
      const next = evolve(random, now);
      const base = random.once(50) ? undefined : now;
      const outcome = decoder.decode(encodeState(toy.kinds, next, { base, check: true }));
      expect(outcome).toEqual({ kind: "applied", snapshot: next, verified: true });
      now = next;
    }
  });
});
