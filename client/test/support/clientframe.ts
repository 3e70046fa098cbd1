import { FbTable } from "../../src/fb.js";

/** What a client's frame says; seq is 0 and the input undefined where it has none. */
export function readClientFrame(bytes: Uint8Array) {
  const t = FbTable.root(bytes);
  return {
    seq: t.u32(0),
    input: readInput(bytes),
    ack: t.u32(2),
    view: t.u32(3),
    echo: t.u32(4),
    resync: t.bool(5),
    viewFrac: t.u8(7),
  };
}

/** The integers of the input. */
function readInput(bytes: Uint8Array): number[] | undefined {
  return readVector(bytes, 1, (view, start, i) => view.getInt32(start + 4 * i, true));
}

/** The bytes of what a client's frame says to the game; undefined where it says nothing. */
export function readSaid(bytes: Uint8Array): number[] | undefined {
  return readVector(bytes, 8, (view, start, i) => view.getUint8(start + i));
}

function readVector(
  bytes: Uint8Array,
  slot: number,
  read: (view: DataView, start: number, i: number) => number,
): number[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const table = view.getUint32(0, true);
  const vtable = table - view.getInt32(table, true);
  const place = 4 + 2 * slot;
  const offset = view.getUint16(vtable, true) > place ? view.getUint16(vtable + place, true) : 0;
  if (offset === 0) return undefined;
  const vector = table + offset + view.getUint32(table + offset, true);
  const length = view.getUint32(vector, true);
  return Array.from({ length }, (_, i) => read(view, vector + 4, i));
}
