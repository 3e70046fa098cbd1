import type { Field } from "../descriptor.js";
import type { Rows } from "../history.js";
import type { Table } from "../table.js";
import type { Drawn } from "./redraw.js";
import { between, Smoother } from "./smoother.js";

/** The first id of what the server has not numbered yet. It keeps its id when the server has. */
export const FIRST_ID = 0xf000_0000;

/** A kind whose entities a player's inputs spawn. */
export interface SpawnKind {
  readonly name: string;
  /** Its place in the schema. */
  readonly kind: number;
  readonly fields: readonly Field[];
  /** Whether a row of a table is the player's. */
  owns(table: Rows, row: number): boolean;
  /** Moves an entity on by a tick. */
  step(words: Float64Array): void;
  /** Whether it is over by what can be seen, at an age in ticks. */
  ended(words: ArrayLike<number>, age: number): boolean;
}

/**
 * One entity, ahead of the server by the inputs that are under way. It is a ghost until the server
 * has a row for it.
 */
class Spawn {
  readonly kind: SpawnKind;
  readonly id: number;
  /** The server's id, 0 for a ghost. */
  row: number;
  /** The input that spawned it, and the one after which the words are as they are. */
  born: number;
  at: number;
  readonly words: Float64Array;
  /** One step on. */
  readonly next: Float64Array;
  readonly smoother: Smoother;
  /** What the change at hand has done to it: nothing, spawned it again, or made it. */
  news: "none" | "again" | "made" = "made";
  /** The input under way when it was over here. */
  over: number | undefined;
  /** The server had it after that: it is over when the server says so. */
  spared = false;

  constructor(kind: SpawnKind, id: number, row: number, born: number, words: ArrayLike<number>) {
    this.kind = kind;
    this.id = id;
    this.row = row;
    this.born = this.at = born;
    this.words = Float64Array.from(words);
    this.next = this.words.slice();
    this.smoother = new Smoother(kind.fields);
    kind.step(this.next);
  }

  /** Puts it where it is after an input. */
  put(words: ArrayLike<number>, at: number): void {
    this.words.set(words);
    this.next.set(words);
    this.kind.step(this.next);
    this.at = at;
  }

  /** Takes the server's words after an input. */
  told(words: ArrayLike<number>, at: number): void {
    this.put(words, at);
    this.spared ||= this.over !== undefined && at > this.over;
  }

  /** Goes on as another, under its own id. */
  become({ row, born, words, at }: Spawn): void {
    if (row === 0) this.born = born;
    this.row = row;
    this.put(words, at);
  }

  /** Moves it on until an input. */
  reach(seq: number): void {
    while (this.at < seq) this.put(this.next, this.at + 1);
  }

  /** As it is drawn: alpha is the way from its words to the next ones. */
  draw(alpha: number, now: number): ArrayLike<number> {
    return this.smoother.draw(this.words, this.next, alpha, now);
  }

  /** Whether it is over by what can be seen, where it is drawn with these words. */
  ended(words: ArrayLike<number>, alpha: number): boolean {
    if (this.spared) return false;
    const age = this.at - this.born + 1 + alpha;
    if (this.over === undefined && this.kind.ended(words, age)) this.over = this.at + 1;
    return this.over !== undefined;
  }

  /** How far it is from another, in words. */
  apart({ words }: Spawn): number {
    return this.kind.fields.reduce(
      (sum, field, i) =>
        field.interp === "none"
          ? sum
          : sum + Math.abs(between(field, words[i], this.words[i], 1) - words[i]),
      0,
    );
  }
}

/**
 * Keeps what a player's inputs spawn ahead of the server, from the input on until the server says
 * that it is gone. A row of the player's that is new belongs to the inputs that the same state
 * confirms, and where they spawned several, to the nearest. Pure: no clock.
 */
export class Spawns {
  #all: Spawn[] = [];
  #ids = FIRST_ID;
  /** What the input that is held now would spawn. */
  #maybe: { readonly kind: SpawnKind; readonly words: ArrayLike<number> }[] = [];
  /** What inputs have spawned here and then at the server, and what here alone. */
  spawned = 0;
  refused = 0;

  /** The entities, ids ascending; the server's is `row`. */
  get all(): readonly Readonly<Pick<Spawn, "id" | "row" | "born" | "words">>[] {
    return this.#all;
  }

  /** Forgets all. */
  clear(): void {
    this.#all = [];
  }

  /** Begins to note what the input that is held now would spawn. */
  muse(): void {
    this.#maybe = [];
  }

  /**
   * Notes that an input spawns something, which after it has these words; also where it is played
   * again. Input 0 is the one that is held now.
   */
  spawn(kind: SpawnKind, words: ArrayLike<number>, seq: number): void {
    const same = (e: Spawn) =>
      e.kind === kind && e.row === 0 && e.born === seq && e.news === "none";
    const known = this.#all.find(same);
    if (seq === 0) this.#maybe.push({ kind, words });
    else if (known) {
      known.put(words, seq);
      known.news = "again";
    } else this.#all.push(new Spawn(kind, this.#ids++, 0, seq, words));
  }

  /**
   * Takes a state that has the inputs up to `applied`. Where those from there to `last` were played
   * again, what they spawn was noted before.
   */
  confirmed(
    kinds: readonly SpawnKind[],
    tables: readonly Table[],
    applied: number,
    last: number,
    replayed: boolean,
  ): void {
    const ghosts = this.#all.filter(({ row }) => row === 0);
    const open = ghosts.filter(
      ({ born, news }) => news !== "made" && (born <= applied || (replayed && news === "none")),
    );
    const made = ghosts.filter(({ news }) => news === "made");
    const stay = ghosts.filter((e) => !open.includes(e) && !made.includes(e));
    for (const kind of kinds) {
      const { ids, words, width } = tables[kind.kind];
      const known = new Map(this.#all.flatMap((e) => (e.kind === kind ? [[e.row, e]] : [])));
      ids.forEach((id, i) => {
        if (!kind.owns(tables[kind.kind], i)) return;
        const row = words.subarray(i * width, (i + 1) * width);
        const same = known.get(id);
        same?.told(row, applied);
        stay.push(same ?? match(new Spawn(kind, id, id, applied, row), open, last));
      });
    }
    for (const ghost of made) stay.push(match(ghost, open, last));
    this.spawned += ghosts.filter(({ row }) => row > 0).length;
    this.refused += open.length;
    this.#all = stay.sort((a, b) => a.id - b.id);
  }

  /** Notes how all are drawn, before a change. */
  see(alpha: number, now: number): void {
    for (const e of this.#all) e.draw(alpha, now);
  }

  /** Ends a change: brings all to the newest input, and keeps them where they were drawn. */
  settle(last: number, alpha: number): void {
    for (const e of this.#all) {
      e.reach(last);
      if (e.news !== "made") e.smoother.moved(e.words, e.next, alpha);
      e.news = "none";
    }
  }

  /** Those of a kind as they are drawn; by the input that is held now too, where that is under way. */
  drawn(kind: SpawnKind, alpha: number, now: number, going: boolean): Drawn[] {
    const maybe = going ? this.#maybe : [];
    return [
      ...this.#all.map((e) => ({ e, alpha })),
      // It comes out of where it will be one step back from the end of the tick.
      ...maybe.map(({ kind, words }, i) => ({
        e: new Spawn(kind, this.#ids + i, 0, 0, words),
        alpha: alpha - 1,
      })),
    ].flatMap(({ e, alpha }) => {
      if (e.kind !== kind) return [];
      const words = e.draw(alpha, now);
      return e.ended(words, alpha) ? [] : [{ id: e.id, words }];
    });
  }
}

/** The one of some open ghosts that is nearest to an entity, which it becomes; without one, the entity. */
function match(entity: Spawn, open: Spawn[], last: number): Spawn {
  entity.reach(last);
  let nearest: Spawn | undefined;
  for (const ghost of open) {
    if (ghost.kind !== entity.kind) continue;
    if (!nearest || entity.apart(ghost) < entity.apart(nearest)) nearest = ghost;
  }
  if (!nearest) return entity;
  open.splice(open.indexOf(nearest), 1);
  nearest.become(entity);
  return nearest;
}
