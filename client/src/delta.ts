import { type Kind, PREDICTS } from "./descriptor.js";
import { ProtocolError } from "./errors.js";
import * as models from "./models.js";
import { type Ages, Predictor, WAKING } from "./predict.js";
import type { RangeReader } from "./rangecoder.js";
import { merge, pick, sameRow, type Table } from "./table.js";

/** Decodes what becomes of the tables of one kind, message after message (DELTA). */
export class TableDecoder {
  readonly #fields: readonly Predictor[];
  /** The fields as they are coded: those that follow a heading come last (DELTA-4). */
  readonly #coded: readonly Predictor[];
  readonly #fresh: Int32Array;
  readonly #models: Int32Array;
  #bits!: RangeReader;

  constructor(kind: Kind) {
    this.#fields = kind.fields.map((_, column) => new Predictor(kind, column));
    const late = ({ own }: Predictor) => Number(own === "heading");
    this.#coded = [...this.#fields].sort((a, b) => late(a) - late(b));
    this.#fresh = models.freshModels(kind);
    this.#models = this.#fresh.slice();
  }

  /**
   * Reads the table that follows from those of the baselines; where nothing
   * changed it is the newer baseline's own.
   *
   * @param space how many rows it may have
   * @throws ProtocolError where the delta does not fit the baseline (DELTA-2)
   */
  decode(bits: RangeReader, base: Table, older: Table, ages: Ages, space: number): Table {
    this.#bits = bits;
    this.#models.set(this.#fresh);
    this.#plan();
    if (this.#bit(models.STRUCTURE) === 0) return this.#change(base, older, ages);
    const survivors = this.#remove(base);
    const added = this.#add(base, space - survivors.ids.length);
    return merge(this.#change(survivors, older, ages), added);
  }

  #plan(): void {
    const planned = this.#bit(models.PLAN) === 1;
    for (const field of this.#fields) {
      field.way = planned ? PREDICTS[this.#bits.raw(2)] : field.own;
      if (field.way === undefined || (field.way === "heading" && field.own !== "heading")) {
        throw new ProtocolError(`a field of ${field.own} cannot be guessed by ${field.way}`);
      }
    }
  }

  /** The rows of the baseline that stay. */
  #remove(base: Table): Table {
    const kept: number[] = [];
    let row = 0;
    for (let n = this.#count(models.REMOVED); n > 0; n--, row++) {
      const gone = row + this.#count(models.REMOVED_GAP);
      if (gone >= base.ids.length) throw new ProtocolError(`row ${gone} is removed`);
      while (row < gone) kept.push(row++);
    }
    while (row < base.ids.length) kept.push(row++);
    return pick(base, kept);
  }

  /** The rows that come. */
  #add(base: Table, space: number): Table {
    const rows = this.#count(models.ADDED);
    if (rows > space) throw new ProtocolError(`${rows} rows are added, ${space} fit`);
    const ids = new Uint32Array(rows);
    let last = base.ids.at(-1) ?? 0;
    for (let i = 0; i < rows; i++) {
      const below = i === 0 && this.#bit(models.BELOW) === 1;
      const gap = this.#count(models.ADDED_GAP);
      last += below ? -gap : 1 + gap;
      if (last < 1 || last > 0xffffffff) throw new ProtocolError(`entity ${last} is added`);
      ids[i] = last;
    }
    // The baseline's last row stands before the first one, which may be like it.
    const { width } = base;
    const words = new Uint32Array((1 + rows) * width);
    words.set(base.words.subarray(-width));
    for (let i = width; i < words.length; i++) {
      const field = this.#fields[i % width];
      const same = this.#bit(field.models + models.SAME) === 0;
      words[i] = same ? words[i - width] : this.#bits.raw(field.bits);
    }
    return { ids, words: words.subarray(width), width };
  }

  /** Reads the movers, and then those of the others that wake. */
  #change(base: Table, older: Table, ages: Ages): Table {
    const now = base.words.slice();
    const resting = new Uint32Array(base.ids.length);
    let rest = 0;
    let lately = 0;
    for (let row = 0, was = 0; row < resting.length; row++) {
      while (was < older.ids.length && older.ids[was] < base.ids[row]) was++;
      const known = was < older.ids.length && older.ids[was] === base.ids[row];
      if (ages.g === 0 || (known && sameRow(base, row, older, was))) {
        resting[rest++] = row * base.width;
        continue;
      }
      const differs = this.#bit(models.ANY + lately) === 1;
      lately = differs ? Math.min(lately + 1, 3) : Math.max(lately - 1, 0);
      const from = known ? was * base.width : -1;
      let nonzero = 0;
      for (const field of this.#coded) {
        const at = row * base.width + field.column;
        now[at] = field.guess(now, base, row * base.width, older, from, ages);
        if (differs) nonzero += this.#correct(now, at, field, field.surprise, nonzero);
      }
    }
    const woken = this.#wake(now, resting.subarray(0, rest));
    return rest === resting.length && woken === 0 ? base : { ...base, words: now };
  }

  /** Reads which of the resting rows changed, and returns how many they are. */
  #wake(now: Uint32Array, resting: Uint32Array): number {
    const woken = this.#count(models.WOKEN);
    for (let n = woken, next = 0; n > 0; n--, next++) {
      next += this.#count(models.WOKEN_GAP);
      if (next >= resting.length) throw new ProtocolError("a row wakes that is not there");
      let nonzero = 0;
      for (const field of this.#fields) {
        nonzero += this.#correct(now, resting[next] + field.column, field, WAKING, nonzero);
      }
    }
    return woken;
  }

  /** Takes a word from its guess to what it is; returns 0 where that is the same, otherwise 1. */
  #correct(now: Uint32Array, at: number, field: Predictor, surprise: number, nonzero: number) {
    const off = models.residual(this.#bits, this.#models, field.models, surprise, nonzero);
    if (off === 0) return 0;
    now[at] = field.wrap(now[at] + off);
    return 1;
  }

  #bit(place: number): number {
    return this.#bits.bit(this.#models, place);
  }

  #count(place: number): number {
    return this.#bits.count(this.#models, place);
  }
}
