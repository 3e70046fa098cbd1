import { describe, expect, it } from "vitest";
import { Reconciler } from "../src/prediction/reconciler.js";
import { FIRST_ID, type SpawnKind, Spawns } from "../src/prediction/spawns.js";
import type { Table } from "../src/table.js";
import { table } from "./support/encode.js";
import { toy } from "./support/game.js";
import { type Input, Server, SPEED, step, type Told } from "./support/gunner.js";
import { Random } from "./support/random.js";

/** The owner of this player's shots. */
const ME = 1;

const [place, , whole] = toy.kinds[0].fields;

/** A shot has a place and an owner; a target may stand somewhere. */
function shots(target = Number.POSITIVE_INFINITY, life = 1000): SpawnKind {
  return {
    name: "Shot",
    kind: 0,
    fields: [{ ...place, snap: 0 }, whole],
    owns: ({ words, width }, row) => words[row * width + 1] === ME,
    step: (words) => {
      words[0] += SPEED;
    },
    ended: (words, age) => words[0] >= target || age >= life,
  };
}

/** A row of the server: its id, place and owner. */
type Row = readonly [id: number, x: number, owner?: number];

/** What a player sees of its shots, who sends an input a tick. */
class Range {
  readonly kind: SpawnKind;
  readonly spawns = new Spawns();
  #last = 0;
  #now = 0;

  constructor(kind = shots()) {
    this.kind = kind;
  }

  /** Sends an input, which fires a shot from a place. */
  sent(from?: number): void {
    this.spawns.see(1, this.#now);
    this.#last++;
    if (from !== undefined) this.spawns.spawn(this.kind, [from + SPEED, ME], this.#last);
    this.#settle();
  }

  /** Sends some that fire nothing. */
  wait(inputs: number): void {
    for (let i = 0; i < inputs; i++) this.sent();
  }

  /** A state comes; `again` is what the inputs after it fire where they are played again. */
  told(applied: number, rows: readonly Row[], again?: Readonly<Record<number, number>>): void {
    this.spawns.see(0, this.#now);
    for (const [seq, from] of Object.entries(again ?? {})) {
      this.spawns.spawn(this.kind, [from + SPEED, ME], Number(seq));
    }
    const words = rows.map(([id, x, owner = ME]) => [id, x, owner]);
    const tables: readonly Table[] = [table(2, ...words)];
    this.spawns.confirmed([this.kind], tables, applied, this.#last, again !== undefined);
    this.#settle();
  }

  /** Where the shots are after the newest input, by their ids. */
  get places(): Record<number, number> {
    return Object.fromEntries(this.spawns.all.map(({ id, words }) => [id - FIRST_ID, words[0]]));
  }

  /** Where they are drawn on the way to the next input. */
  drawn(alpha: number, going = true): number[] {
    return this.spawns.drawn(this.kind, alpha, this.#now, going).map(({ words }) => words[0]);
  }

  /** Lets milliseconds pass. */
  pass(ms: number): void {
    this.#now += ms;
  }

  #settle(): void {
    this.spawns.settle(this.#last, 0);
  }
}

describe("what an input spawns", () => {
  it("is there with the input, and goes on with every later one", () => {
    const range = new Range();
    range.sent(100);
    expect(range.places).toEqual({ 0: 110 });
    range.wait(3);
    expect(range.places).toEqual({ 0: 140 });
    expect(range.drawn(0.5)).toEqual([145]);
  });

  it("is handed over to the server's row, keeps its id and is there once", () => {
    const range = new Range();
    range.sent(100);
    range.wait(3);
    range.told(1, [[7, 110]]);
    expect(range.places).toEqual({ 0: 140 });
    expect(range.spawns).toMatchObject({ spawned: 1, refused: 0 });
    range.told(2, [[7, 120]]);
    expect(range.places).toEqual({ 0: 140 });
    range.told(3, []);
    expect(range.places).toEqual({});
    expect(range.spawns).toMatchObject({ spawned: 1, refused: 0 });
  });

  it("does not jump where the server's is a little elsewhere", () => {
    const range = new Range();
    range.sent(100);
    range.wait(3);
    expect(range.drawn(0)).toEqual([140]);
    range.told(1, [[7, 118]]);
    expect(range.places).toEqual({ 0: 148 });
    expect(range.drawn(0)).toEqual([140]);
    range.pass(5000);
    expect(range.drawn(0)[0]).toBeCloseTo(148, 2);
  });

  it("is taken away where the server has had the input and nothing came of it", () => {
    const range = new Range();
    range.sent();
    range.sent(100);
    range.told(1, []);
    expect(range.places).toEqual({ 0: 110 });
    range.told(2, []);
    expect(range.places).toEqual({});
    expect(range.spawns).toMatchObject({ spawned: 0, refused: 1 });
  });

  it("is taken away where the input was superseded on its way", () => {
    const range = new Range();
    range.sent(100);
    range.wait(2);
    range.told(2, [], {});
    expect(range.places).toEqual({});
  });

  it("is matched by its input where two are in flight", () => {
    const range = new Range();
    range.sent(100);
    range.sent(105);
    range.told(1, [[7, 110]]);
    range.told(2, [
      [7, 120],
      [8, 115],
    ]);
    expect(range.spawns.all).toMatchObject([{ row: 7 }, { row: 8 }]);
    expect(range.places).toEqual({ 0: 120, 1: 115 });
  });

  it("is matched by its place where one state confirms two, of which the server refused one", () => {
    for (const [x, id] of [
      [131, 0],
      [111, 1],
    ]) {
      const range = new Range();
      range.sent(100);
      range.wait(1);
      range.sent(100);
      range.told(3, [[7, x]]);
      expect(range.places).toEqual({ [id]: x });
      expect(range.spawns).toMatchObject({ spawned: 1, refused: 1 });
    }
  });

  it("comes in any number from one input", () => {
    const range = new Range();
    range.spawns.spawn(range.kind, [-2, ME], 1);
    range.spawns.spawn(range.kind, [9, ME], 1);
    range.wait(1);
    range.told(0, [], { 1: -12 }); // of two it fires one again
    expect(range.places).toEqual({ 0: -2 });
    range.told(1, [
      [7, 8],
      [8, 9],
    ]);
    expect(range.places).toEqual({ 0: 8, [8 - FIRST_ID]: 9 });
  });

  it("is there once where the server's comes later than the word of its input", () => {
    const range = new Range();
    range.sent(100);
    range.wait(2);
    range.told(1, []);
    expect(range.places).toEqual({});
    range.told(2, [[7, 120]]);
    expect(range.places).toEqual({ [7 - FIRST_ID]: 130 });
    range.told(3, []);
    expect(range.places).toEqual({});
  });

  it("is drawn ahead where only the server knew of it, and not where it is somebody else's", () => {
    const range = new Range();
    range.wait(4);
    range.told(1, [
      [7, 500],
      [8, 600, ME + 1],
    ]);
    expect(range.places).toEqual({ [7 - FIRST_ID]: 530 });
  });

  it("is another one where the server uses an id again", () => {
    const range = new Range();
    range.sent(100);
    range.told(1, [[7, 110]]);
    range.told(1, []);
    range.sent(300);
    range.told(2, [[7, 310]]);
    expect(range.places).toEqual({ 1: 310 });
  });

  it("is spawned once, however often its input is played again", () => {
    const range = new Range();
    range.sent();
    range.sent(100);
    range.wait(3);
    for (let i = 0; i < 5; i++) {
      range.told(1, [], { 2: 100 + i });
      expect(range.places).toEqual({ 0: 140 + i });
    }
    range.told(2, [[7, 114]], {});
    expect(range.places).toEqual({ 0: 144 });
    expect(range.spawns).toMatchObject({ spawned: 1, refused: 0 });
  });

  it("is taken away where its input spawns nothing when it is played again", () => {
    const range = new Range();
    range.wait(2);
    range.sent(100);
    range.told(1, [], {});
    expect(range.places).toEqual({});
  });

  it("goes on as what another input spawns instead", () => {
    const range = new Range();
    range.wait(2);
    range.sent(100);
    range.told(1, [], { 2: 100 }); // a tick without an input: the cannon was ready sooner
    expect(range.places).toEqual({ 0: 120 });
    range.told(2, [[7, 110]]);
    expect(range.places).toEqual({ 0: 120 });
    expect(range.spawns).toMatchObject({ spawned: 1, refused: 0 });
  });

  it("goes on as what the server spawned in a tick without an input", () => {
    const range = new Range();
    range.sent();
    range.sent(100);
    range.told(1, [[7, 110]], {});
    expect(range.places).toEqual({ 0: 120 });
    range.told(2, [[7, 120]]);
    expect(range.places).toEqual({ 0: 120 });
  });

  it("is another one where its input fires besides", () => {
    const range = new Range();
    range.sent();
    range.sent(100);
    range.told(1, [[7, 110]], {});
    range.told(1, [[7, 120]], { 2: 200 });
    expect(range.places).toEqual({ 0: 130, 1: 210 });
  });

  it("is forgotten with the player's entity", () => {
    const range = new Range();
    range.sent(100);
    range.spawns.clear();
    expect(range.places).toEqual({});
  });
});

describe("what the input that is held now would spawn", () => {
  it("is drawn on its way out, and is the one that comes of the input", () => {
    const range = new Range();
    range.spawns.muse();
    range.spawns.spawn(range.kind, [110, ME], 0);
    expect(range.drawn(0.25)).toEqual([102.5]);
    expect(range.drawn(1)).toEqual([110]);
    const [{ id }] = range.spawns.drawn(range.kind, 1, 0, true);
    range.spawns.muse();
    range.sent(100);
    expect(range.spawns.drawn(range.kind, 0, 0, true)).toMatchObject([{ id }]);
    expect(range.drawn(0)).toEqual([110]);
  });

  it("is there for as long as it is held, once", () => {
    const range = new Range();
    for (let i = 0; i < 3; i++) {
      range.spawns.muse();
      range.spawns.spawn(range.kind, [110, ME], 0);
    }
    expect(range.drawn(0.5)).toHaveLength(1);
    range.spawns.muse();
    expect(range.drawn(0.5)).toHaveLength(0);
  });

  it("waits where the inputs do", () => {
    const range = new Range();
    range.spawns.muse();
    range.spawns.spawn(range.kind, [110, ME], 0);
    expect(range.drawn(0, false)).toEqual([]);
  });
});

describe("what is over by what can be seen", () => {
  it("is not drawn, and comes back only where the server has it still", () => {
    const range = new Range(shots(125));
    range.sent(100);
    expect(range.drawn(0)).toEqual([110]);
    range.wait(2);
    expect(range.drawn(0)).toEqual([]);
    range.told(1, [[7, 80]]);
    range.told(2, [[7, 90]]);
    range.told(3, [[7, 100]]);
    expect(range.drawn(0)).toEqual([]);
    range.wait(3);
    range.told(5, [[7, 120]]);
    range.pass(5000);
    expect(range.drawn(0)[0]).toBeCloseTo(130, 2);
    range.told(6, []);
    expect(range.drawn(0)).toEqual([]);
  });

  it("knows the ticks that it has lived, on its first way too", () => {
    const ages: number[] = [];
    const range = new Range({ ...shots(), ended: (_, age) => ages.push(age) === 0 });
    range.spawns.muse();
    range.spawns.spawn(range.kind, [110, ME], 0);
    range.drawn(0.25);
    range.spawns.muse();
    range.sent(100);
    range.drawn(0);
    range.wait(2);
    range.told(1, [[7, 110]]);
    range.drawn(0.5);
    expect(ages).toEqual([0.25, 1, 3.5]);
  });
});

describe("what inputs spawn, whatever happens on the way", () => {
  it("is the server's once all is confirmed, was never there twice, and never stays behind", () => {
    for (let seed = 1; seed <= 30; seed++) fireByChance(new Random(seed));
  });
});

function sorted(numbers: readonly number[]): number[] {
  return [...numbers].sort((a, b) => a - b);
}

/** Fires, hears of it late and at times not at all, and in the end of everything. */
function fireByChance(random: Random): void {
  const kind = shots();
  const spawns = new Spawns();
  const reconciler = new Reconciler(
    (words, input, seq) => step(words, input, (x) => spawns.spawn(kind, [x, ME], seq)),
    [false, false],
  );
  const server = new Server();
  const way: Input[] = [];
  const told: Told[] = [];
  const wrong: string[] = [];
  const hear = ({ tick, applied, words, rows }: Told) => {
    const verdict = reconciler.confirmed(tick, applied, words);
    const shots = table(2, ...rows.map(([id, x]) => [id, x, ME]));
    spawns.confirmed([kind], [shots], applied, reconciler.last, verdict !== "same");
    spawns.settle(reconciler.last, 0);
    const known = spawns.all.filter(({ row }) => row > 0);
    const ghosts = spawns.all.filter(({ row, born }) => row === 0 && born > applied);
    const inputs = new Set(ghosts.map(({ born }) => born));
    const ids = sorted(known.map(({ row }) => row)).join();
    if (ids !== rows.map(([id]) => id).join()) wrong.push(`rows ${ids} at ${tick}`);
    if (known.length + inputs.size < spawns.all.length) wrong.push(`ghosts at ${tick}`);
  };
  for (let seq = 1; seq <= 200; seq++) {
    const input = [random.below(4) > 0 ? 1 : 0];
    reconciler.sent(seq, input);
    spawns.settle(reconciler.last, 0);
    way.push({ seq, input });
    if (random.once(30)) way.shift(); // superseded
    told.push(server.tick(random, random.once(10) ? undefined : way.shift()));
    if (random.once(5)) told.shift(); // skipped
    if (told.length > 4 && !random.once(3)) hear(told.shift() as Told);
  }
  for (let i = 0; way.length > 0 || i < 20; i++) told.push(server.tick(random, way.shift()));
  for (const state of told) hear(state);
  expect(reconciler.head).toEqual(server.words);
  expect(sorted(spawns.all.map(({ words }) => words[0]))).toEqual(
    sorted(server.rows.map(([, x]) => x)),
  );
  expect(wrong).toEqual([]);
}
