import type { Field } from "./descriptor.js";
import type { Moment, Rows } from "./history.js";
import { type Blend, blendOf, leaps, type Snap, snapsOf } from "./interpolate.js";
import type { Entity } from "./schema.js";
import { emptyTable } from "./table.js";

/** Where a cursor keeps its place; a symbol, so that no field's name can meet it. */
const PLACE = Symbol("place");

/** What there is of a kind that the server does not have. */
const NOTHING = emptyTable(0);

/** The two rows that an entity is drawn between. */
interface Place {
  older: ArrayLike<number>;
  from: number;
  newer: ArrayLike<number>;
  to: number;
  alpha: number;
}

interface Cursor {
  id: number;
  readonly [PLACE]: Place;
}

/** Draws the entities of one kind: knows its fields once and for all moments. */
export class Drawer {
  readonly #snaps: readonly Snap[];
  readonly #fields: object;

  /** @param zeros what fields are that the kind does not have */
  constructor(fields: readonly Field[], zeros: object = {}) {
    this.#snaps = snapsOf(fields);
    this.#fields = accessors(fields, zeros);
  }

  /** Points the cursor at a row of the moment's older table. */
  move(cursor: Cursor, older: Rows, row: number, newer: Rows, newRow: number, alpha: number): void {
    const place = cursor[PLACE];
    cursor.id = older.ids[row];
    place.older = older.words;
    place.from = row * older.width;
    const gone = newer.ids[newRow] !== cursor.id;
    place.newer = gone ? older.words : newer.words;
    place.to = gone ? place.from : newRow * newer.width;
    const leap = !gone && leaps(this.#snaps, place.older, place.from, place.newer, place.to);
    place.alpha = leap ? 0 : alpha;
  }

  /** A cursor that points nowhere yet. */
  cursor(): Cursor {
    const none = new Uint32Array(0);
    const place: Place = { older: none, from: 0, newer: none, to: 0, alpha: 0 };
    return Object.create(this.#fields, {
      id: { value: 0, writable: true, enumerable: true },
      [PLACE]: { value: place },
    }) as Cursor;
  }
}

/** A prototype with a getter for each field, which reads where the cursor points. */
function accessors(fields: readonly Field[], zeros: object): object {
  const getters = { ...zeros };
  fields.forEach((field, column) => {
    const blend: Blend = blendOf(field);
    Object.defineProperty(getters, field.name, {
      configurable: true, // of two fields with one name the last counts
      enumerable: true,
      get(this: Cursor) {
        const { older, from, newer, to, alpha } = this[PLACE];
        return blend(older[from + column], newer[to + column], alpha);
      },
    });
  });
  return getters;
}

/**
 * The entities of one kind at the moment when the view was taken, ids
 * ascending. An entity is there from the first state that has it until the
 * first that has it no more. What is predicted is where it is now; all
 * else is between two states.
 */
export class View<Fields> implements Iterable<Entity<Fields>> {
  readonly #drawer: Drawer;
  readonly #older: Rows;
  readonly #newer: Rows;
  readonly #alpha: number;

  /** @internal Room.view makes views; the kind is -1 for one that the server does not have. */
  constructor(drawer: Drawer, moment: Moment, kind: number) {
    this.#drawer = drawer;
    this.#older = moment.older.tables[kind] ?? NOTHING;
    this.#newer = moment.newer.tables[kind] ?? NOTHING;
    this.#alpha = moment.alpha;
  }

  /** How many entities there are. */
  get size(): number {
    return this.#older.ids.length;
  }

  /** The entity of an id, undefined where it is not there. */
  get(id: number): Entity<Fields> | undefined {
    const row = findRow(this.#older, id);
    if (row < 0) return undefined;
    const cursor = this.#drawer.cursor();
    const newRow = findRow(this.#newer, id);
    this.#drawer.move(cursor, this.#older, row, this.#newer, newRow, this.#alpha);
    return cursor as unknown as Entity<Fields>;
  }

  /**
   * Walks over the entities. A loop has one cursor, which is each entity in
   * turn: take what is needed from it, and do not keep it.
   */
  [Symbol.iterator](): Iterator<Entity<Fields>> {
    const drawer = this.#drawer;
    const [older, newer, alpha] = [this.#older, this.#newer, this.#alpha];
    const cursor = drawer.cursor();
    const result = { done: false, value: cursor as unknown as Entity<Fields> };
    let row = 0;
    let newRow = 0;
    const next = () => {
      if (row === older.ids.length) return { done: true as const, value: undefined };
      while (newer.ids[newRow] < older.ids[row]) newRow++;
      drawer.move(cursor, older, row, newer, newRow, alpha);
      row++;
      return result;
    };
    return { next };
  }
}

/** The row of an entity, -1 where it is not in the table. */
export function findRow(table: Rows, id: number): number {
  let low = 0;
  let high = table.ids.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (table.ids[middle] < id) low = middle + 1;
    else high = middle;
  }
  return table.ids[low] === id ? low : -1;
}
