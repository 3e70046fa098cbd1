import type { Descriptor, Field, Kind } from "../../src/descriptor.js";
import type { SchemaRef } from "../../src/schema.js";
import type { Snapshot, Table } from "../../src/table.js";
import type { Random } from "./random.js";

/** An integer, as it is most often. */
export const plain: Omit<Field, "name" | "bits"> = {
  type: "int",
  min: 0,
  step: 1_000_000,
  interp: "none",
  snap: 0,
  predict: "hold",
  heading: 0,
  axis: "x",
  speed: 0,
};

/** A schema that has one of everything. */
export const toy: Descriptor = {
  name: "toy",
  kinds: [
    {
      name: "Car",
      fields: [
        {
          ...plain,
          name: "x",
          type: "fixed",
          bits: 16,
          step: 62_500,
          interp: "linear",
          snap: 1000,
        },
        { ...plain, name: "heading", type: "angle", bits: 10, interp: "angle" },
        { ...plain, name: "gear", bits: 3, min: -1_000_000 },
        { ...plain, name: "lit", type: "bool", bits: 1 },
      ],
      x: 0,
      y: -1,
      private: false,
    },
    { name: "Coin", fields: [{ ...plain, name: "worth", bits: 32 }], x: -1, y: -1, private: false },
  ],
  input: [
    { name: "steer", min: -1, max: 1, edge: false },
    { name: "horn", min: 0, max: 1, edge: true },
  ],
  messages: [
    {
      name: "Crash",
      fields: [
        { name: "car", type: "int", maxLen: 0 },
        { name: "why", type: "string", maxLen: 8 },
      ],
    },
  ],
};

/** The types of the toy. */
export interface ToySchema {
  kinds: {
    Car: { x: number; heading: number; gear: number; lit: boolean };
    Coin: { worth: number };
  };
  input: { steer: number; horn: number };
  messages: { Crash: { car: number; why: string } };
}

/** The toy as a game would name it. */
export const toyRef: SchemaRef<ToySchema> = {
  name: "toy",
  hash: "0123456789abcdef",
  zeros: {
    kinds: { Car: { x: 0, heading: 0, gear: 0, lit: false }, Coin: { worth: 0 } },
    messages: { Crash: { car: 0, why: "" } },
  },
};

/** The widths in bits of the toy's fields. */
export const toyWidths = toy.kinds.map(({ fields }) => fields.map(({ bits }) => bits));

/** Another snapshot some ticks later: rows come, go and change by chance. */
export function evolve(random: Random, from: Snapshot): Snapshot {
  const tables = from.tables.map((old, kind) => evolveTable(random, old, toyWidths[kind]));
  return { tick: from.tick + 1 + (random.once(3) ? random.below(200) : 0), tables };
}

function evolveTable(random: Random, old: Table, widths: readonly number[]): Table {
  const rows = new Map<number, number[]>();
  old.ids.forEach((id, row) => {
    if (random.once(6)) return;
    const words = [...old.words.subarray(row * old.width, (row + 1) * old.width)];
    rows.set(
      id,
      words.map((word, column) => evolveWord(random, word, widths[column])),
    );
  });
  for (let i = random.below(4); i > 0; i--) {
    const id = 1 + random.below(random.once(4) ? 0xffffffff : 60);
    if (!old.ids.includes(id))
      rows.set(
        id,
        widths.map((width) => random.below(2 ** width)),
      );
  }
  const sorted = [...rows].sort(([a], [b]) => a - b);
  return {
    ids: Uint32Array.from(sorted, ([id]) => id),
    words: Uint32Array.from(sorted.flatMap(([, words]) => words)),
    width: old.width,
  };
}

function evolveWord(random: Random, word: number, width: number): number {
  if (random.once(2)) return word;
  const step = random.once(4) ? random.below(2 ** width) : random.below(16);
  return (word + step) % 2 ** width;
}

/** A kind whose fields are integers of so many bits. */
export function byteKind(...bits: number[]): Kind {
  const fields = bits.map((n, i) => ({ ...plain, name: `f${i}`, bits: n }));
  return { name: "Thing", fields, x: -1, y: -1, private: false };
}
