/** A value of a table's field, for the writer below. */
export type FbValue =
  | { readonly u8: number }
  | { readonly u16: number }
  | { readonly u32: number }
  | { readonly u64: bigint }
  | { readonly text: string }
  | { readonly bytes: Uint8Array }
  | { readonly table: FbFields }
  | { readonly tables: readonly FbFields[] };

/** A table: its fields by number; undefined for one that is missing. */
export type FbFields = readonly (FbValue | undefined)[];

/** Writes a FlatBuffer: tables front to back, what they refer to behind them. */
export function writeFlatBuffer(root: FbFields): Uint8Array {
  const out = new Writer();
  out.grow(4);
  out.refer(0, () => out.table(root));
  return out.bytes();
}

class Writer {
  #bytes = new Uint8Array(1 << 16);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  grow(n: number): number {
    const at = this.#length;
    this.#length += n;
    return at;
  }

  /** Writes something behind all else and its distance at the place. */
  refer(place: number, write: () => number): void {
    this.#view.setUint32(place, write() - place, true);
  }

  table(fields: FbFields): number {
    this.#align(8);
    const vtable = this.grow(4 + 2 * fields.length);
    this.#align(8);
    const at = this.grow(8 + 8 * fields.length);
    this.#view.setUint16(vtable, 4 + 2 * fields.length, true);
    this.#view.setUint16(vtable + 2, 8 + 8 * fields.length, true);
    this.#view.setInt32(at, at - vtable, true);
    fields.forEach((value, i) => {
      if (value === undefined) return;
      this.#view.setUint16(vtable + 4 + 2 * i, 8 + 8 * i, true);
      this.#value(at + 8 + 8 * i, value);
    });
    return at;
  }

  #value(at: number, value: FbValue): void {
    if ("u8" in value) this.#view.setUint8(at, value.u8);
    else if ("u16" in value) this.#view.setUint16(at, value.u16, true);
    else if ("u32" in value) this.#view.setUint32(at, value.u32, true);
    else if ("u64" in value) this.#view.setBigUint64(at, value.u64, true);
    else if ("text" in value)
      this.refer(at, () => this.#vector(new TextEncoder().encode(value.text)));
    else if ("bytes" in value) this.refer(at, () => this.#vector(value.bytes));
    else if ("table" in value) this.refer(at, () => this.table(value.table));
    else this.refer(at, () => this.#tables(value.tables));
  }

  #vector(bytes: Uint8Array): number {
    this.#align(4);
    const at = this.grow(4 + bytes.length);
    this.#view.setUint32(at, bytes.length, true);
    this.#bytes.set(bytes, at + 4);
    return at;
  }

  #tables(tables: readonly FbFields[]): number {
    this.#align(4);
    const at = this.grow(4 + 4 * tables.length);
    this.#view.setUint32(at, tables.length, true);
    tables.forEach((fields, i) => {
      this.refer(at + 4 + 4 * i, () => this.table(fields));
    });
    return at;
  }

  #align(n: number): void {
    this.#length = Math.ceil(this.#length / n) * n;
  }
}
