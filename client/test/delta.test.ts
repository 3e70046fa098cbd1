import { describe, expect, it } from "vitest";
import { applyDelta } from "../src/delta.js";
import { ProtocolError } from "../src/errors.js";
import { emptyTable, type Snapshot } from "../src/table.js";
import { BitWriter, encodeDelta, type Modes, table } from "./support/encode.js";
import { evolve, toyWidths } from "./support/game.js";
import { Random } from "./support/random.js";

const kinds = [[8, 4]];
const base = [table(2, [3, 100, 1], [5, 200, 2], [9, 50, 3])];

/** Applies a delta for one kind, written bit by bit, to the base above. */
function apply(write: (out: BitWriter) => void) {
  const out = new BitWriter();
  write(out);
  return applyDelta(kinds, base, out.bytes())[0];
}

describe("a delta", () => {
  it("shares the tables that did not change", () => {
    expect(apply((out) => out.bits(0, 1))).toBe(base[0]);
    expect(applyDelta(kinds, base, new Uint8Array(0))).toEqual(base);
  });

  it("removes rows by how many are skipped", () => {
    const result = apply((out) => out.bits(0b11, 2).count(2).count(0).count(1).count(0));
    expect(result).toEqual(table(2, [5, 200, 2]));
  });

  it("adds rows where their ids belong", () => {
    const result = apply((out) => {
      out.bits(0b11, 2).count(0).count(2).count(3).count(5);
      out.bits(11, 8).bits(12, 4).bits(13, 8).bits(14, 4);
    });
    expect(result).toEqual(
      table(2, [3, 100, 1], [4, 11, 12], [5, 200, 2], [9, 50, 3], [10, 13, 14]),
    );
  });

  it("may remove an id and add it again", () => {
    const result = apply((out) => out.bits(0b11, 2).count(1).count(1).count(1).count(4).bits(7, 8));
    expect(result).toEqual(table(2, [3, 100, 1], [5, 7, 0], [9, 50, 3]));
  });

  it("moves words by residuals that wrap at the field's width", () => {
    const result = apply((out) => {
      out.bits(1, 2).bits(1, 2); // changed, no structure, all rows
      out.bits(1, 2).bits(6, 5).bits(2, 7).bits(112, 7).bits(101, 7); // +1, +56, -51
      out.bits(0, 2);
    });
    expect(result).toEqual(table(2, [3, 101, 1], [5, 0, 2], [9, 255, 3]));
  });

  it("escapes to a whole word", () => {
    const result = apply((out) => {
      out.bits(1, 2).bits(2, 2).bits(0b010, 3); // the middle row
      out.bits(2, 2).bits(2, 5).bits(1, 1).bits(7, 3).bits(33, 8);
      out.bits(2, 2).bits(0, 5).bits(0, 1);
    });
    expect(result).toEqual(table(2, [3, 100, 1], [5, 33, 2], [9, 50, 3]));
  });

  it("leaves its baseline alone", () => {
    apply((out) =>
      out.bits(1, 2).bits(1, 2).bits(1, 2).bits(6, 5).bits(2, 7).bits(2, 7).bits(2, 7),
    );
    expect(base).toEqual([table(2, [3, 100, 1], [5, 200, 2], [9, 50, 3])]);
  });

  it.each<{ what: string; write: (out: BitWriter) => void }>([
    { what: "more rows removed than there are", write: (out) => out.bits(3, 2).count(4) },
    { what: "a removed row beyond the baseline", write: (out) => out.bits(3, 2).count(1).count(3) },
    {
      what: "a gap beyond the baseline",
      write: (out) => out.bits(3, 2).count(2).count(1).count(1),
    },
    {
      what: "an added id of a survivor",
      write: (out) => out.bits(3, 2).count(0).count(1).count(4),
    },
    {
      what: "an added id above 32 bits",
      write: (out) => out.bits(3, 2).count(0).count(2).count(0xfffffffe).count(0),
    },
    { what: "a table beyond 65,535 rows", write: (out) => out.bits(3, 2).count(0).count(65_533) },
    { what: "rows of mode 3", write: (out) => out.bits(1, 2).bits(3, 2) },
    { what: "a field of mode 3", write: (out) => out.bits(1, 2).bits(1, 2).bits(3, 2) },
  ])("is bad with $what", ({ write }) => {
    expect(() => apply(write)).toThrow(ProtocolError);
  });

  it("takes the largest id and the largest snapshot", () => {
    const largest = apply((out) => out.bits(3, 2).count(0).count(1).count(0xfffffffe).bits(1, 8));
    expect(largest.ids[3]).toBe(0xffffffff);
    const full = new BitWriter().bits(3, 2).count(0).count(65_535).bytes();
    expect(applyDelta(kinds, [emptyTable(2)], full)[0].ids.length).toBe(65_535);
  });

  it("is bad where its tables together are beyond 65,535 rows", () => {
    const half = (out: BitWriter) => {
      out.bits(3, 2).count(0).count(40_000);
      for (let i = 0; i < 40_000; i++) out.count(0).bits(0, 1);
      out.bits(0, 2);
    };
    const out = new BitWriter();
    half(out);
    half(out);
    const empty = [emptyTable(1), emptyTable(1)];
    expect(() => applyDelta([[1], [1]], empty, out.bytes())).toThrow(ProtocolError);
  });

  it("leads from any snapshot to any other, in every mode", () => {
    const random = new Random(2);
    let now: Snapshot = { tick: 1, tables: toyWidths.map((widths) => emptyTable(widths.length)) };
    for (let i = 0; i < 500; i++) {
      const next = evolve(random, now);
      const modes: Modes = {
        rows: random.once(2) ? 1 : 2,
        fields: random.once(2) ? 1 : 2,
        width: 1 + random.below(32),
      };
      const delta = encodeDelta(toyWidths, now.tables, next.tables, modes);
      expect(applyDelta(toyWidths, now.tables, delta)).toEqual(next.tables);
      now = next;
    }
  });

  it("of random bytes gives ascending ids or is bad, and never hangs", () => {
    const random = new Random(3);
    const start = evolve(random, { tick: 1, tables: toyWidths.map((w) => emptyTable(w.length)) });
    for (let i = 0; i < 3000; i++) {
      const bytes = Uint8Array.from({ length: random.below(60) }, () => random.below(256));
      bytes[0] |= 1;
      try {
        for (const { ids, words, width } of applyDelta(toyWidths, start.tables, bytes)) {
          expect([...ids]).toEqual([...new Set(ids)].sort((a, b) => a - b));
          expect(words.length).toBe(ids.length * width);
        }
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError);
      }
    }
  });
});
