import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { RangeReader } from "../src/rangecoder.js";
import { RangeWriter } from "./support/encode.js";
import { Random } from "./support/random.js";

type Read = readonly [what: "bit" | "raw" | "count", which: number, value: number];

interface Case {
  readonly about: string;
  readonly bytes: string;
  /** What the models of single bits begin with. */
  readonly p: number;
  /** Whether a server would write just these bytes. */
  readonly written: boolean;
  readonly reads: readonly Read[];
}

const file = new URL("../../schema/vectors/coder.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(file, "utf8")) as { cases: Case[] };

/** Where the models of counts begin, twelve each, behind those of single bits. */
const COUNTS = 10;

function fresh(p: number): Int32Array {
  return new Int32Array(COUNTS + 4 * 12).fill(32768 << 4).fill(p << 4, 0, COUNTS);
}

function reader(bytes: Uint8Array): RangeReader {
  const coder = new RangeReader();
  coder.start(bytes);
  return coder;
}

describe("the range coder", () => {
  it.each(cases)("reads the server's bytes: $about", ({ bytes, p, reads }) => {
    const coder = reader(Buffer.from(bytes, "base64"));
    coder.use(fresh(p));
    for (const [what, which, value] of reads) {
      const read = {
        bit: () => coder.bit(which),
        raw: () => coder.raw(which),
        count: () => coder.count(COUNTS + 12 * which),
      };
      expect(read[what]()).toBe(value);
    }
  });

  it.each(cases.filter(({ written }) => written))(
    "is written by the tests as by the server: $about",
    ({ bytes, p, reads }) => {
      const coder = new RangeWriter();
      const models = fresh(p);
      for (const [what, which, value] of reads) {
        if (what === "bit") coder.bit(models, which, value);
        if (what === "raw") coder.raw(value, which);
        if (what === "count") coder.count(models, COUNTS + 12 * which, value);
      }
      expect(Buffer.from(coder.bytes()).toString("base64")).toBe(bytes);
    },
  );

  it("gives back whatever was written", () => {
    const random = new Random(7);
    for (let round = 0; round < 200; round++) {
      const widths = Array.from({ length: 40 }, () => 1 + random.below(32));
      const values = widths.map((n) => random.below(2 ** n));
      const writer = new RangeWriter();
      values.forEach((value, i) => {
        writer.raw(value, widths[i]);
      });
      const coder = reader(writer.bytes());
      expect(widths.map((n) => coder.raw(n))).toEqual(values);
    }
  });
});
