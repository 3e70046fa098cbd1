/** Typed arrays by name, that grow and are used again. */
export class Columns {
  readonly #arrays = new Map<string, Float32Array | Uint32Array>();

  /** The array of a name with so many elements, of 32-bit integers or floats. */
  get(name: string, integers: boolean, length: number): Float32Array | Uint32Array {
    let array = this.#arrays.get(name);
    if (array === undefined || array.length < length) {
      array = new (integers ? Uint32Array : Float32Array)(2 * length);
      this.#arrays.set(name, array);
    }
    return array.subarray(0, length);
  }
}
