import { describe, expect, it } from "vitest";
import { TableDecoder } from "../src/delta.js";
import type { Kind } from "../src/descriptor.js";
import { ProtocolError } from "../src/errors.js";
import * as models from "../src/models.js";
import { MAX_ENTITIES } from "../src/protocol.js";
import { RangeReader } from "../src/rangecoder.js";
import { emptyTable, type Snapshot, type Table } from "../src/table.js";
import { encodeDelta, RangeWriter, table } from "./support/encode.js";
import { byteKind, evolve, toy } from "./support/game.js";
import { Random } from "./support/random.js";

const kind = byteKind(8, 4);
const base = table(2, [3, 100, 1], [5, 200, 2], [9, 50, 3]);
const none = emptyTable(2);

function reader(bytes: Uint8Array): RangeReader {
  const bits = new RangeReader();
  bits.start(bytes);
  return bits;
}

/** What the bytes make of a table, for a client without an older baseline. */
function decode(of: Kind, from: Table, bytes: Uint8Array, space = MAX_ENTITIES): Table {
  const older = emptyTable(of.fields.length);
  return new TableDecoder(of, reader(bytes)).decode(from, older, { k: 1, g: 0 }, space);
}

/** What becomes of the base above by a delta that changes its structure; so many added words are like others. */
function restructure(
  write: (
    count: (place: number, value: number) => void,
    first: (below: boolean, gap: number) => void,
  ) => void,
  alike = 0,
): Table {
  const out = new RangeWriter();
  const at = models.freshModels(kind);
  const count = (place: number, value: number) => out.count(at, place, value);
  out.bit(at, models.PLAN, 0);
  out.bit(at, models.STRUCTURE, 1);
  write(count, (below, gap) => {
    out.bit(at, models.BELOW, below ? 1 : 0);
    count(models.ADDED_GAP, gap);
  });
  for (let i = 0; i < alike; i++) out.bit(at, models.fieldPlace(kind, i) + models.SAME, 0);
  if (alike > 0) count(models.WOKEN, 0);
  return decode(kind, base, out.bytes());
}

describe("a delta", () => {
  it("shares the table where nothing is said", () => {
    expect(decode(kind, base, new Uint8Array(0))).toBe(base);
  });

  it.each([
    { what: "removes rows", now: table(2, [5, 200, 2]) },
    {
      what: "adds rows where their ids belong",
      now: table(2, [3, 100, 1], [4, 11, 12], [5, 200, 2], [9, 50, 3], [4294967295, 13, 14]),
    },
    { what: "moves words either way", now: table(2, [3, 101, 1], [5, 144, 2], [9, 50, 0]) },
    { what: "wraps at the field's width", now: table(2, [3, 100, 15], [5, 1, 2], [9, 255, 3]) },
    { what: "empties a table", now: none },
  ])("$what", ({ now }) => {
    expect(decode(kind, base, encodeDelta([kind], [base], [now]))).toEqual(now);
  });

  it("may remove an id and add it again", () => {
    const result = restructure((count, first) => {
      count(models.REMOVED, 1);
      count(models.REMOVED_GAP, 1);
      count(models.ADDED, 1);
      first(true, 4);
    }, 2);
    expect([...result.ids]).toEqual([3, 5, 9]);
  });

  it("leaves its baseline alone", () => {
    const now = table(2, [3, 0, 0], [9, 0, 0]);
    decode(kind, base, encodeDelta([kind], [base], [now]));
    expect(base).toEqual(table(2, [3, 100, 1], [5, 200, 2], [9, 50, 3]));
  });

  it.each<{ what: string; write: Parameters<typeof restructure>[0] }>([
    {
      what: "a removed row beyond the baseline",
      write: (count) => {
        count(models.REMOVED, 1);
        count(models.REMOVED_GAP, 3);
      },
    },
    {
      what: "an added id of a survivor",
      write: (count, first) => {
        count(models.REMOVED, 0);
        count(models.ADDED, 1);
        first(true, 4);
      },
    },
    {
      what: "an added id of 0",
      write: (count, first) => {
        count(models.REMOVED, 0);
        count(models.ADDED, 1);
        first(true, 9);
      },
    },
    {
      what: "an added id above 32 bits",
      write: (count, first) => {
        count(models.REMOVED, 0);
        count(models.ADDED, 2);
        first(false, 0xfffffff5);
        count(models.ADDED_GAP, 0);
      },
    },
    {
      what: "a table beyond 65,535 rows",
      write: (count) => {
        count(models.REMOVED, 0);
        count(models.ADDED, 65_533);
      },
    },
    {
      what: "a row that wakes beyond the last one",
      write: (count) => {
        count(models.REMOVED, 0);
        count(models.ADDED, 0);
        count(models.WOKEN, 1);
        count(models.WOKEN_GAP, 3);
      },
    },
  ])("is bad with $what", ({ write }) => {
    expect(() => restructure(write)).toThrow(ProtocolError);
  });

  it("may lead to 65,535 rows, and no more", () => {
    const crowd = table(
      2,
      ...Array.from({ length: MAX_ENTITIES }, (_, i) => [i + 1, i & 255, i & 15]),
    );
    const bytes = encodeDelta([kind], [none], [crowd]);
    expect(decode(kind, none, bytes)).toEqual(crowd);
    expect(() => decode(kind, none, bytes, MAX_ENTITIES - 1)).toThrow(ProtocolError);
    const next = table(
      2,
      ...Array.from({ length: MAX_ENTITIES }, (_, i) => [i + 2, i & 255, i & 15]),
    );
    expect(decode(kind, crowd, encodeDelta([kind], [crowd], [next]))).toEqual(next);
  });

  it("leads from any snapshot to any other", () => {
    const random = new Random(2);
    const tables = toy.kinds.map(({ fields }) => emptyTable(fields.length));
    let now: Snapshot = { tick: 1, tables };
    for (let i = 0; i < 500; i++) {
      const next = evolve(random, now);
      const bits = reader(encodeDelta(toy.kinds, now.tables, next.tables));
      const got = toy.kinds.map((of, k) =>
        new TableDecoder(of, bits).decode(
          now.tables[k],
          emptyTable(of.fields.length),
          { k: 1, g: 0 },
          MAX_ENTITIES,
        ),
      );
      expect(got).toEqual(next.tables);
      now = next;
    }
  });

  it("of random bytes gives ascending ids or is bad, and never hangs", () => {
    const random = new Random(3);
    for (let i = 0; i < 3000; i++) {
      const bytes = Uint8Array.from({ length: random.below(60) }, () => random.below(256));
      try {
        const { ids, words, width } = decode(kind, base, bytes);
        expect([...ids]).toEqual([...new Set(ids)].sort((a, b) => a - b));
        expect(words.length).toBe(ids.length * width);
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError);
      }
    }
  });
});
