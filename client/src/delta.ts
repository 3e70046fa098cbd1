import type { Kind } from "./descriptor.js";
import { ProtocolError } from "./errors.js";
import * as models from "./models.js";
import { type Column, columnOf, guess, type Mover } from "./predict.js";
import { HEADING, LINEAR } from "./protocol.js";
import type { RangeReader } from "./rangecoder.js";
import { emptyTable, type Table } from "./table.js";

/** How old the baselines are, as in a Mover. */
export type Ages = Readonly<Pick<Mover, "k" | "g">>;

/** Decodes what becomes of the tables of one kind, message after message (DELTA). */
export class TableDecoder {
  readonly #bits: RangeReader;
  readonly #fresh: Int32Array;
  readonly #columns: readonly Column[];
  /** As they are coded: those that follow a heading come last (DELTA-4). */
  readonly #coded: readonly Column[];

  /** @param bits what it reads from */
  constructor(kind: Kind, bits: RangeReader) {
    const late = ({ own }: Column) => Number(own === HEADING);
    this.#bits = bits;
    this.#fresh = models.freshModels(kind);
    this.#columns = kind.fields.map((_, i) => columnOf(kind, i));
    this.#coded = [...this.#columns].sort((a, b) => late(a) - late(b));
  }

  /**
   * Reads the table that follows from those of the baselines; where nothing
   * changed it is the newer baseline's own.
   *
   * @param space how many rows it may have
   * @throws ProtocolError where the delta does not fit the baseline (DELTA-2)
   */
  decode(base: Table, older: Table, { k, g }: Ages, space: number): Table {
    const { ids, words, width } = base;
    this.#bits.use(this.#fresh);
    this.#plan();
    const anew = this.#bits.bit(models.STRUCTURE) === 1;
    const removed: number[] = [];
    if (anew) {
      this.#each(models.REMOVED, models.REMOVED_GAP, ids.length, (row) => removed.push(row));
    }
    const stay = ids.length - removed.length;
    const added = anew ? this.#added(base, space - stay) : emptyTable(width, 1);
    const now = anew
      ? emptyTable(width, stay + added.ids.length - 1)
      : { ids, words: words.slice(), width };
    const m = { now: now.words, to: 0, base: words, from: 0, older: older.words, was: 0, k, g };
    const resting: number[] = [];
    let lately = 0; // how many movers differed from their guesses
    for (let row = 0, next = 0, known = 0, gone = 0, come = 1; row < now.ids.length; row++) {
      for (; removed[gone] === next; gone++) next++;
      const id = ids[next];
      if (come < added.ids.length && !(added.ids[come] > id)) {
        if (added.ids[come] === id) throw new ProtocolError("DELTA-2");
        now.ids[row] = added.ids[come];
        now.words.set(added.words.subarray(come * width, ++come * width), row * width);
        continue;
      }
      while (older.ids[known] < id) known++;
      m.to = row * width;
      m.from = next++ * width;
      m.was = older.ids[known] === id ? known * width : models.NEW;
      if (anew) {
        now.ids[row] = id;
        for (let i = 0; i < width; i++) now.words[m.to + i] = words[m.from + i];
      }
      if (g === 0 || rests(m, width)) {
        resting.push(m.to);
        continue;
      }
      const differs = this.#bits.bit(models.ANY + lately) === 1;
      lately = differs ? Math.min(lately + 1, 3) : Math.max(lately - 1, 0);
      this.#row(m, this.#coded, differs);
    }
    m.base = now.words;
    m.was = models.WAKES;
    let same = !anew && resting.length === stay;
    this.#each(models.WOKEN, models.WOKEN_GAP, resting.length, (row) => {
      m.to = m.from = resting[row];
      this.#row(m, this.#columns, true);
      same = false;
    });
    return same ? base : now;
  }

  /** Reads how words are guessed in this message. */
  #plan(): void {
    const planned = this.#bits.bit(models.PLAN) === 1;
    for (const c of this.#columns) {
      c.way = planned ? this.#bits.raw(2) : c.own;
      if (c.way > Math.max(LINEAR, c.own)) throw new ProtocolError("PREDICT-1");
    }
  }

  /** Reads which of so many rows are meant, by how many lie between them. */
  #each(count: number, gap: number, rows: number, call: (row: number) => void): void {
    for (let n = this.#bits.count(count), row = 0; n > 0; n--, row++) {
      row += this.#bits.count(gap);
      if (row >= rows) throw new ProtocolError("DELTA-2");
      call(row);
    }
  }

  /** Reads the rows that come, behind the baseline's last one: they are told by how they differ from it. */
  #added({ ids: old, words: before, width }: Table, space: number): Table {
    const count = this.#bits.count(models.ADDED);
    if (count > space) throw new ProtocolError("DELTA-2");
    const { ids, words } = emptyTable(width, 1 + count);
    ids.set(old.subarray(-1));
    words.set(before.subarray(-width));
    for (let i = 1; i <= count; i++) {
      const below = i === 1 && this.#bits.bit(models.BELOW) === 1;
      const gap = this.#bits.count(models.ADDED_GAP);
      const id = ids[i - 1] + (below ? -gap : gap + 1);
      if (id < 1 || id > 0xffffffff) throw new ProtocolError("DELTA-2");
      ids[i] = id;
    }
    for (let i = width; i < words.length; i++) {
      const c = this.#columns[i % width];
      const same = this.#bits.bit(c.models + models.SAME) === 0;
      words[i] = same ? words[i - width] : this.#bits.raw(c.bits);
    }
    return { ids, words, width };
  }

  /** Reads a row; where it does not differ all words are as guessed. */
  #row(m: Mover, columns: readonly Column[], differs: boolean): void {
    let nonzero = 0;
    for (const c of columns) {
      const word = guess(c, m);
      const off = differs ? this.#residual(c, nonzero) : 0;
      if (off !== 0) nonzero++;
      m.now[m.to + c.column] = (word + off) & c.top;
    }
  }

  /** How far a word is from its guess (DELTA-5), by how many before it in the row are off. */
  #residual({ models: place, surprise }: Column, nonzero: number): number {
    const pace = surprise >> 2;
    if (this.#bits.bit(place + models.ZERO + 3 * pace + Math.min(nonzero, 2)) === 0) return 0;
    const size = this.#bits.count(place + models.SIZE + 12 * pace) + 1;
    return this.#bits.bit(place + models.SIGN + (surprise & 3)) === 0 ? size : -size;
  }
}

/** Whether the row of the baseline is also the older one's. */
function rests({ base, from, older, was }: Mover, width: number): boolean {
  if (was < 0) return false;
  for (let i = 0; i < width; i++) if (base[from + i] !== older[was + i]) return false;
  return true;
}
