import type { Kind } from "./descriptor.js";
import { ProtocolError } from "./errors.js";
import * as models from "./models.js";
import {
  type Column,
  columnOf,
  guess,
  HEADING,
  LINEAR,
  type Mover,
  NEW,
  WAKES,
  wrap,
} from "./predict.js";
import type { RangeReader } from "./rangecoder.js";
import { pick, sameRow, type Table } from "./table.js";

/** How old the baselines are, as in a Mover. */
export type Ages = Readonly<Pick<Mover, "k" | "g">>;

/** Decodes what becomes of the tables of one kind, message after message (DELTA). */
export class TableDecoder {
  readonly #bits: RangeReader;
  readonly #columns: readonly Column[];
  /** As they are coded: those that follow a heading come last (DELTA-4). */
  readonly #coded: readonly Column[];
  readonly #fresh: Int32Array;
  readonly #models: Int32Array;

  /** @param bits what it reads from */
  constructor(kind: Kind, bits: RangeReader) {
    const late = ({ own }: Column) => Number(own === HEADING);
    this.#bits = bits;
    this.#columns = kind.fields.map((_, i) => columnOf(kind, i));
    this.#coded = [...this.#columns].sort((a, b) => late(a) - late(b));
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
  decode(base: Table, older: Table, ages: Ages, space: number): Table {
    this.#models.set(this.#fresh);
    this.#bits.models = this.#models;
    this.#plan();
    const order: number[] | undefined = this.#bits.bit(models.STRUCTURE) ? [] : undefined;
    const now = order
      ? pick(this.#restructure(base, space, order), order)
      : { ids: base.ids, words: base.words.slice(), width: base.width };
    return this.#change(base, older, now, ages, order) || order ? now : base;
  }

  /** Reads how words are guessed in this message. */
  #plan(): void {
    const planned = this.#bits.bit(models.PLAN) === 1;
    for (const c of this.#columns) {
      c.way = planned ? this.#bits.raw(2) : c.own;
      if (c.way > Math.max(LINEAR, c.own)) throw new ProtocolError("PREDICT-1");
    }
  }

  /** Reads which rows go and come, and returns all there are and, in order, those of the new table. */
  #restructure(base: Table, space: number, order: number[]): Table {
    const rows = base.ids.length;
    const stays = new Uint8Array(rows).fill(1);
    const removed = this.#bits.count(models.REMOVED);
    for (let n = removed, row = 0; n > 0; n--, row++) {
      row += this.#bits.count(models.REMOVED_GAP);
      if (row >= rows) throw new ProtocolError("DELTA-2");
      stays[row] = 0;
    }
    const added = this.#bits.count(models.ADDED);
    if (added > space - rows + removed) throw new ProtocolError("DELTA-2");
    const all = this.#add(base, added);
    for (let row = 0, next = rows; row < rows || next < rows + added; ) {
      if (row === rows || all.ids[next] < all.ids[row]) order.push(next++);
      else if (stays[row] === 0) row++;
      else if (all.ids[next] !== all.ids[row]) order.push(row++);
      else throw new ProtocolError("DELTA-2");
    }
    return all;
  }

  /** The baseline's rows, and behind them those that come. */
  #add({ ids: old, words: before, width }: Table, added: number): Table {
    const ids = new Uint32Array(old.length + added);
    const words = new Uint32Array(ids.length * width);
    ids.set(old);
    words.set(before);
    for (let i = old.length, last = ids[i - 1] ?? 0; i < ids.length; i++) {
      const below = i === old.length && this.#bits.bit(models.BELOW) === 1;
      const gap = this.#bits.count(models.ADDED_GAP);
      last += below ? -gap : gap + 1;
      if (last < 1 || last > 0xffffffff) throw new ProtocolError("DELTA-2");
      ids[i] = last;
    }
    for (let i = before.length; i < words.length; i++) {
      const c = this.#columns[i % width];
      const same = this.#bits.bit(c.models + models.SAME) === 0;
      words[i] = same ? words[i - width] : this.#bits.raw(c.bits);
    }
    return { ids, words, width };
  }

  /**
   * Reads the movers, and then those of the others that wake. Returns whether there are any.
   *
   * @param order which rows of the baseline those of the new table are; where it is not given, the same
   */
  #change(
    base: Table,
    older: Table,
    now: Table,
    { k, g }: Ages,
    order?: readonly number[],
  ): boolean {
    const { ids, words, width } = now;
    const m = { now: words, to: 0, base: base.words, from: 0, older: older.words, was: 0, k, g };
    const resting: number[] = [];
    let lately = 0;
    let movers = 0;
    for (let row = 0, was = 0; row < ids.length; row++) {
      const from = order ? order[row] : row;
      if (from >= base.ids.length) continue;
      while (was < older.ids.length && older.ids[was] < ids[row]) was++;
      const known = was < older.ids.length && older.ids[was] === ids[row];
      if (g === 0 || (known && sameRow(base, from, older, was))) {
        resting.push(row * width);
        continue;
      }
      m.to = row * width;
      m.from = from * width;
      m.was = known ? was * width : NEW;
      const differs = this.#bits.bit(models.ANY + lately) === 1;
      lately = differs ? Math.min(lately + 1, 3) : Math.max(lately - 1, 0);
      this.#row(m, this.#coded, differs);
      movers++;
    }
    m.base = words;
    m.was = WAKES;
    return this.#wake(m, resting) + movers > 0;
  }

  /** Reads a row; where it does not differ all words are as guessed. */
  #row(m: Mover, columns: readonly Column[], differs: boolean): void {
    let nonzero = 0;
    for (const c of columns) {
      const word = guess(c, m);
      const off = differs ? models.residual(this.#bits, c.models, c.surprise, nonzero) : 0;
      if (off !== 0) nonzero++;
      m.now[m.to + c.column] = off === 0 ? word : wrap(c, word + off);
    }
  }

  /** Reads which of the resting rows changed, and returns how many they are. */
  #wake(m: Mover, resting: readonly number[]): number {
    const woken = this.#bits.count(models.WOKEN);
    for (let n = woken, next = 0; n > 0; n--, next++) {
      next += this.#bits.count(models.WOKEN_GAP);
      if (next >= resting.length) throw new ProtocolError("DELTA-2");
      m.to = resting[next];
      m.from = m.to;
      this.#row(m, this.#columns, true);
    }
    return woken;
  }
}
