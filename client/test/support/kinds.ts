import type { Field, Kind } from "../../src/index.js";

/** A field: a whole number of 10 bits, but for what is said. */
export function field(name: string, of: Partial<Field> = {}): Field {
  return {
    name,
    type: "int",
    bits: 10,
    min: 0,
    step: 1_000_000,
    interp: "none",
    snap: 0,
    predict: "hold",
    heading: 0,
    axis: "x",
    speed: 0,
    ...of,
  };
}

/** A kind: nowhere and for everybody, but for what is said. */
export function kind(name: string, fields: readonly Field[], of: Partial<Kind> = {}): Kind {
  return { name, fields, x: -1, y: -1, private: false, ...of };
}

/** A kind with a place, x and y of so many bits. */
export function place(name: string, bits = 10): Kind {
  return kind(name, [field("x", { bits }), field("y", { bits })], { x: 0, y: 1 });
}
