import { type Kind, PREDICTS, type Predict } from "./descriptor.js";
import { ProtocolError } from "./errors.js";
import * as models from "./models.js";
import { type Ages, along, distance, linear, wrap } from "./predict.js";
import { RangeReader } from "./rangecoder.js";
import { merge, pick, sameRow, type Table } from "./table.js";

/** Decodes what becomes of the tables of one kind, message after message (DELTA). */
export class TableDecoder {
  readonly #kind: Kind;
  /** The fields as they are coded: those that follow a heading come last (DELTA-4). */
  readonly #coded: readonly number[];
  readonly #fresh: Int32Array;
  readonly #models: Int32Array;
  #ways: readonly Predict[] = [];
  #bits = new RangeReader(new Uint8Array(0));

  constructor(kind: Kind) {
    const late = (i: number) => Number(kind.fields[i].predict === "heading");
    this.#kind = kind;
    this.#coded = [...kind.fields.keys()].sort((i, j) => late(i) - late(j));
    this.#fresh = models.fresh(kind.fields.length);
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
    const own = bits.bit(this.#models, models.PLAN) === 0;
    this.#ways = this.#kind.fields.map(({ predict }) => (own ? predict : this.#way(predict)));
    if (bits.bit(this.#models, models.STRUCTURE) === 0) return this.#change(base, older, ages);
    const survivors = this.#remove(base);
    const added = this.#add(space - survivors.ids.length);
    return merge(this.#change(survivors, older, ages), added);
  }

  #way(own: Predict): Predict {
    const way = PREDICTS[this.#bits.raw(2)];
    if (way && (way !== "heading" || way === own)) return way;
    throw new ProtocolError(`a field of ${own} cannot be guessed by ${way}`);
  }

  #remove(base: Table): Table {
    const kept = new Uint8Array(base.ids.length).fill(1);
    for (let n = this.#count(models.REMOVED), row = 0; n > 0; n--, row++) {
      row += this.#count(models.REMOVED_GAP);
      if (row >= kept.length) throw new ProtocolError(`row ${row} of ${kept.length} is removed`);
      kept[row] = 0;
    }
    return pick(
      base,
      base.ids.map((_, row) => row).filter((row) => kept[row] === 1),
    );
  }

  #add(space: number): Table {
    const { fields } = this.#kind;
    const rows = this.#count(models.ADDED);
    if (rows > space) throw new ProtocolError(`${rows} rows are added, ${space} fit`);
    let last = 0;
    const ids = new Uint32Array(rows).map(() => {
      last += this.#count(models.ADDED_GAP) + 1;
      if (last > 0xffffffff) throw new ProtocolError("an added id is over 32 bits");
      return last;
    });
    const width = fields.length;
    const words = new Uint32Array(rows * width).map((_, i) =>
      this.#bits.raw(fields[i % width].bits),
    );
    return { ids, words, width };
  }

  /** Reads the movers, and then those of the others that wake. */
  #change(base: Table, older: Table, ages: Ages): Table {
    const now = { ...base, words: base.words.slice() };
    const resting = new Uint32Array(base.ids.length);
    let rest = 0;
    let lately = 0;
    for (let row = 0, was = 0; row < resting.length; row++) {
      while (was < older.ids.length && older.ids[was] < base.ids[row]) was++;
      if (older.ids[was] !== base.ids[row] || sameRow(base, row, older, was)) {
        resting[rest++] = row;
        continue;
      }
      const differs = this.#bits.bit(this.#models, models.ANY + lately) === 1;
      lately = differs ? Math.min(lately + 1, 3) : Math.max(lately - 1, 0);
      this.#move(now, base, row, older, was, ages, differs);
    }
    const woken = this.#wake(now, resting.subarray(0, rest));
    return rest === resting.length && woken === 0 ? base : now;
  }

  #move(now: Table, base: Table, row: number, older: Table, was: number, ages: Ages, off: boolean) {
    const at = row * base.width;
    let nonzero = 0;
    for (const i of this.#coded) {
      const field = this.#kind.fields[i];
      const w1 = older.words[was * base.width + i];
      let guess = base.words[at + i];
      let surprise = distance(field, w1, guess);
      if (this.#ways[i] === "linear") guess = linear(field, guess, surprise, ages);
      if (this.#ways[i] === "heading") {
        const heading = at + field.heading;
        const last = along(this.#kind, i, w1, base.words[heading], ages.g);
        surprise = distance(field, last, guess);
        guess = along(this.#kind, i, guess, now.words[heading], ages.k);
      }
      now.words[at + i] = guess;
      if (off) nonzero += this.#correct(now, at, i, surprise, nonzero);
    }
  }

  /** Reads which of the resting rows changed, and returns how many they are. */
  #wake(now: Table, resting: Uint32Array): number {
    const woken = this.#count(models.WOKEN);
    for (let n = woken, next = 0; n > 0; n--, next++) {
      next += this.#count(models.WOKEN_GAP);
      if (next >= resting.length) throw new ProtocolError("a row wakes that is not there");
      const at = resting[next] * now.width;
      for (let i = 0, nonzero = 0; i < now.width; i++) {
        nonzero += this.#correct(now, at, i, 0, nonzero);
      }
    }
    return woken;
  }

  /** Takes a word from its guess to what it is; returns 0 where that is the same, otherwise 1. */
  #correct(now: Table, at: number, i: number, surprise: number, nonzero: number): number {
    const residual = models.residual(this.#bits, this.#models, i, surprise, nonzero);
    now.words[at + i] = wrap(this.#kind.fields[i], now.words[at + i] + residual);
    return residual === 0 ? 0 : 1;
  }

  #count(place: number): number {
    return this.#bits.count(this.#models, place);
  }
}
