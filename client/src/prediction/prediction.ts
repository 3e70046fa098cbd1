import type { Descriptor, Field, InputField } from "../descriptor.js";
import { RondoError } from "../errors.js";
import type { Moment, Rows } from "../history.js";
import type { PredictionStats, Predictor, Seat } from "../predictor.js";
import type { KindName, SchemaRef, SchemaTypes } from "../schema.js";
import type { Snapshot } from "../table.js";
import { boundedInput } from "../uplink.js";
import { findRow } from "../view.js";
import { Reconciler } from "./reconciler.js";
import { type Drawn, redraw } from "./redraw.js";
import { Smoother } from "./smoother.js";
import { type SpawnRules, spawnKind, type Values } from "./spawnkind.js";
import { type SpawnKind, Spawns } from "./spawns.js";

/** The names of the fields of some kinds. */
export type FieldOf<S extends SchemaTypes, K extends KindName<S>> =
  K extends KindName<S> ? keyof S["kinds"][K] & string : never;

/** An entity as a step sees it: a word a field, as they are on the wire. */
export type Words<S extends SchemaTypes, K extends KindName<S>> = Record<FieldOf<S, K>, number>;

/**
 * Spawns an entity, by the words that it has at the end of the tick. Of a kind that is not among
 * `spawns` nothing comes.
 */
export type Spawner<S extends SchemaTypes> = <K extends KindName<S>>(
  kind: K,
  words: Words<S, K>,
) => void;

/** How a game predicts the entities of a kind that a player's inputs spawn. */
export interface SpawnOptions<S extends SchemaTypes, K extends KindName<S>> {
  /** Whether an entity, by its words, is the player's. */
  owns(entity: Readonly<Words<S, K>>, player: number): boolean;
  /** Does to the entity what the game does in one tick. Its words may have fractions. */
  step(entity: Words<S, K>, rate: number): void;
  /**
   * Whether the entity is over by what the player sees: it has lived so many ticks, or is drawn where
   * it meets something. It is not drawn any more, unless the server has it still. Asked at every frame.
   */
  ended?(entity: Readonly<Words<S, K>>, age: number): boolean;
}

/** How a game predicts a player's own entity, and what that spawns. */
export interface PredictionOptions<S extends SchemaTypes, K extends KindName<S>> {
  /**
   * The kinds whose rows the entity is, all under its id: the first is the one that is drawn, the
   * others have what only its player knows. No two may have a field of the same name.
   */
  readonly kinds: readonly [K, ...K[]];
  /** Whether an entity, by its words, is the player's. */
  owns(entity: Words<S, K>, player: number): boolean;
  /**
   * Does to the entity what the game does in one tick of a room of so many ticks a second. It gets
   * words, changes them in place, and must come to the server's: every one is compared. It keeps
   * nothing, since it is played again; what it spawns again is the same as before.
   */
  step(entity: Words<S, K>, input: Readonly<S["input"]>, rate: number, spawn: Spawner<S>): void;
  /** The fields that the server alone decides. They are taken over, and not compared. */
  readonly given?: readonly FieldOf<S, K>[];
  /**
   * The kinds that the player's inputs spawn, such as shots. All of them that the player owns are
   * drawn ahead of the server, like the entity itself, and keep the ids that they have got here.
   */
  readonly spawns?: { readonly [P in KindName<S>]?: SpawnOptions<S, P> };
  /**
   * What the player holds right now, read at every frame without consequences. With it the entity
   * answers a key in the next frame; without, it does so with the next input, and fades into it.
   */
  now?(): S["input"] | undefined;
}

/** Makes what `room.predict` takes. It is for one room after the other. */
export function prediction<S extends SchemaTypes, const K extends KindName<S>>(
  _schema: SchemaRef<S>,
  options: PredictionOptions<S, K>,
): Predictor<S> {
  return new Prediction(options as unknown as Options);
}

/** The options without their types, which are known to the compiler alone. */
interface Options {
  readonly kinds: readonly string[];
  owns(entity: Values, player: number): boolean;
  step(
    entity: Values,
    input: Values,
    rate: number,
    spawn: (kind: string, words: Values) => void,
  ): void;
  readonly given?: readonly string[];
  readonly spawns?: Readonly<Record<string, SpawnRules>>;
  now?(): Values | undefined;
}

/** A column of the entity: which field, of which kind. */
interface Column {
  readonly kind: number;
  readonly column: number;
  readonly field: Field;
}

class Prediction implements Predictor<SchemaTypes> {
  readonly #options: Options;
  #seat: Seat | undefined;
  #columns: readonly Column[] = [];
  #reconciler = new Reconciler(() => undefined, []);
  #smoother = new Smoother([]);
  readonly #spawns = new Spawns();
  #spawnKinds: readonly SpawnKind[] = [];
  /** What a step is given: by the names of the fields, and of the inputs. */
  #entity: Values = {};
  #input: Values = {};
  #held: readonly number[] = [];
  /** The entity's words as the server last told them, and one step on from the newest input. */
  #told = new Uint32Array(0);
  #next = new Uint32Array(0);
  #id = 0;
  /** Whether the entity is on its way to the next tick: it waits after an input that did not go out. */
  #going = true;
  #compared = 0;
  #wrong = 0;
  #shifted = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  get stats(): PredictionStats {
    return {
      compared: this.#compared,
      wrong: this.#wrong,
      shifted: this.#shifted,
      spawned: this.#spawns.spawned,
      refused: this.#spawns.refused,
      error: this.#smoother.error,
      pushed: this.#smoother.pushed,
    };
  }

  start(seat: Seat): void {
    const columns = columnsOf(seat.schema, this.#options.kinds);
    const given = this.#options.given ?? [];
    this.#seat = seat;
    this.#columns = columns;
    this.#told = new Uint32Array(columns.length);
    this.#next = new Uint32Array(columns.length);
    this.#reconciler = new Reconciler(
      (words, input, seq) => this.#step(words, input, seq),
      columns.map(({ field }) => given.includes(field.name)),
    );
    const drawn = columns.filter(({ kind }) => kind === columns[0].kind);
    this.#smoother = new Smoother(drawn.map(({ field }) => field));
    this.#spawnKinds = Object.entries(this.#options.spawns ?? {}).map(([name, rules]) =>
      spawnKind(seat, columnsOf(seat.schema, [name]), rules),
    );
    this.#spawns.clear();
    this.#held = seat.schema.input.map(() => 0);
    this.#id = 0;
  }

  sent(seq: number, values: readonly number[], now: number): void {
    // The next tick has begun: what was drawn at the end of the last one goes on from there.
    this.#change(now, this.#going ? 1 : 0, () => {
      this.#going = (seq > 0 && this.#reconciler.sent(seq, values)) || !this.#reconciler.ready;
      this.#held = values.map((value, i) => this.#letGo(value, i));
    });
  }

  confirmed(snapshot: Snapshot, applied: number, now: number): void {
    if (!this.#find(snapshot)) {
      this.#lose();
      return;
    }
    this.#change(now, this.#alpha(now), () => this.#confirm(snapshot, applied));
  }

  draw(moment: Moment, kind: number, now: number): Moment {
    const spawns = this.#spawnKinds.find((spawns) => spawns.kind === kind);
    const own = kind === this.#columns[0].kind;
    if (!this.#reconciler.ready || !(own || spawns)) return moment;
    const next = this.#ahead();
    const alpha = this.#alpha(now);
    const drawn: Drawn[] = spawns ? this.#spawns.drawn(spawns, alpha, now, this.#going) : [];
    if (own) {
      const words = this.#smoother.draw(this.#reconciler.head, next, alpha, now);
      drawn.unshift({ id: this.#id, words });
    }
    const hides = (table: Rows, row: number) =>
      own ? table.ids[row] === this.#id : (spawns?.owns(table, row) ?? false);
    return {
      older: put(moment.older.tables, kind, redraw(moment.older.tables[kind], hides, drawn)),
      newer: put(moment.newer.tables, kind, redraw(moment.newer.tables[kind], hides, [])),
      alpha: moment.alpha,
    };
  }

  #confirm({ tick, tables }: Snapshot, applied: number): void {
    const verdict = this.#reconciler.confirmed(tick, applied, this.#told);
    if (verdict === "shifted") this.#shifted++;
    else this.#compared++;
    if (verdict === "wrong") this.#wrong++;
    const { last } = this.#reconciler;
    this.#spawns.confirmed(this.#spawnKinds, tables, applied, last, verdict !== "same");
  }

  /** Does something after which the entity may be elsewhere, and keeps it where it is drawn. */
  #change(now: number, alpha: number, change: () => void): void {
    const { head } = this.#reconciler;
    const before = this.#reconciler.ready;
    if (before) this.#smoother.draw(head, this.#ahead(), alpha, now);
    this.#spawns.see(alpha, now);
    change();
    const after = this.#alpha(now);
    if (before) this.#smoother.moved(head, this.#ahead(), after);
    this.#spawns.settle(this.#reconciler.last, after);
  }

  /** How far the entity is on its way from the newest input to the next. */
  #alpha(now: number): number {
    return this.#going ? (this.#seat?.phase(now) ?? 0) : 0;
  }

  /** The words one step on from the newest input, by what the player holds. */
  #ahead(): Uint32Array {
    const fields = this.#seat?.schema.input ?? [];
    const held = this.#options.now?.();
    const values = held ? fields.map((field) => boundedInput(field, held)) : this.#held;
    this.#next.set(this.#reconciler.head);
    this.#spawns.muse();
    this.#step(this.#next, values, 0);
    return this.#next;
  }

  /** What is still held of an input that went out: its one-shot buttons were pressed once. */
  #letGo(value: number, i: number): number {
    const field = this.#seat?.schema.input[i];
    return field?.edge ? boundedInput(field, {}) : value;
  }

  #step(words: Uint32Array, values: readonly number[], seq: number): void {
    const fields: readonly InputField[] = this.#seat?.schema.input ?? [];
    for (let i = 0; i < fields.length; i++) this.#input[fields[i].name] = values[i];
    this.#load(words);
    this.#options.step(this.#entity, this.#input, this.#seat?.rate ?? 0, (name, spawned) => {
      const kind = this.#spawnKinds.find((kind) => kind.name === name);
      const row = kind?.fields.map((field) => spawned[field.name]);
      if (kind && row) this.#spawns.spawn(kind, row, seq);
    });
    for (let i = 0; i < words.length; i++) words[i] = this.#entity[this.#columns[i].field.name];
  }

  #load(words: ArrayLike<number>): void {
    const columns = this.#columns;
    for (let i = 0; i < columns.length; i++) this.#entity[columns[i].field.name] = words[i];
  }

  /** Reads the player's entity out of a snapshot into `#told`; false where it is not there. */
  #find(snapshot: Snapshot): boolean {
    if (this.#id > 0 && this.#read(snapshot, this.#id)) return this.#owns();
    for (const id of snapshot.tables[this.#columns[0].kind].ids) {
      if (!this.#read(snapshot, id) || !this.#owns()) continue;
      this.#lose();
      this.#id = id;
      return true;
    }
    return false;
  }

  #lose(): void {
    this.#id = 0;
    this.#reconciler.reset();
    this.#smoother.forget();
    this.#spawns.clear();
  }

  #owns(): boolean {
    this.#load(this.#told);
    return this.#options.owns(this.#entity, this.#seat?.player ?? 0);
  }

  /** Reads all rows of an id; false where one is not there. */
  #read({ tables }: Snapshot, id: number): boolean {
    let kind = -1;
    let row = -1;
    for (let i = 0; i < this.#columns.length; i++) {
      const at = this.#columns[i];
      if (at.kind !== kind) row = findRow(tables[at.kind], id);
      if (row < 0) return false;
      kind = at.kind;
      this.#told[i] = tables[kind].words[row * tables[kind].width + at.column];
    }
    return true;
  }
}

/** What is drawn, with one table in the place of another. */
function put(tables: readonly Rows[], kind: number, table: Rows): Moment["older"] {
  return { tables: tables.map((t, i) => (i === kind ? table : t)) };
}

/** The columns of some kinds, in their order. */
function columnsOf(schema: Descriptor, names: readonly string[]): Column[] {
  const columns = names.flatMap((name) => {
    const kind = schema.kinds.findIndex((k) => k.name === name);
    if (kind < 0) throw new RondoError("refused", `the server has no kind ${name} to predict`);
    return schema.kinds[kind].fields.map((field, column) => ({ kind, column, field }));
  });
  const known = new Set(columns.map(({ field }) => field.name));
  if (known.size === columns.length) return columns;
  throw new RondoError("refused", `the kinds ${names.join()} have two fields of one name`);
}
