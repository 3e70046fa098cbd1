/** Typed arrays by name, that grow and are used again. */
export class Columns {
  readonly #arrays = new Map<string, Float32Array | Uint32Array>();

  /** The array of a name with so many elements, of 32-bit integers or floats. */
  get(name: string, integers: boolean, length: number): Float32Array | Uint32Array {
    const kept = this.#arrays.get(name);
    if (kept?.length === length) return kept;
    const buffer =
      kept && kept.buffer.byteLength >= 4 * length ? kept.buffer : new ArrayBuffer(8 * length);
    const array = integers
      ? new Uint32Array(buffer, 0, length)
      : new Float32Array(buffer, 0, length);
    this.#arrays.set(name, array);
    return array;
  }
}
