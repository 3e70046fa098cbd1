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

/** The vector of integers in the table's second field. */
function readInput(bytes: Uint8Array): number[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const table = view.getUint32(0, true);
  const vtable = table - view.getInt32(table, true);
  const offset = view.getUint16(vtable, true) > 6 ? view.getUint16(vtable + 6, true) : 0;
  if (offset === 0) return undefined;
  const vector = table + offset + view.getUint32(table + offset, true);
  const length = view.getUint32(vector, true);
  return Array.from({ length }, (_, i) => view.getInt32(vector + 4 + 4 * i, true));
}
