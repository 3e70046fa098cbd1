import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { RenderClock } from "../src/clock.js";
import { InputClock } from "../src/inputclock.js";
import { Playout } from "../src/playout.js";
import { Reconciler } from "../src/prediction/reconciler.js";
import { type SpawnKind, Spawns } from "../src/prediction/spawns.js";
import { table } from "./support/encode.js";
import { plain } from "./support/game.js";
import { step as gunner, type Input, Server, SPEED } from "./support/gunner.js";
import { Random } from "./support/random.js";

// What the algorithms of this package do, step by step, so that other engines can do the same.
// `npx vitest run test/feelvectors.test.ts -u` writes the files anew; schema/vectors/README.md
// describes them.

type Step = readonly (string | number | null | readonly (number | readonly number[])[])[];

/** Compares with a file of schema/vectors/feel, a step a line. */
async function requireFile(name: string, head: object, steps: readonly Step[]): Promise<void> {
  const lines = steps.map((step) => JSON.stringify(step)).join(",\n");
  const text = `${JSON.stringify(head).slice(0, -1)},"steps":[\n${lines}\n]}\n`;
  const file = new URL(`../../schema/vectors/feel/${name}`, import.meta.url);
  await expect(text).toMatchFileSnapshot(fileURLToPath(file));
}

/** A number with as many digits as an engine of other floats will come to. */
function told(value: number): number {
  return Number(value.toFixed(6));
}

/** The arrivals of a recorded network: tick and time, in milliseconds. */
function arrivals(name: string, count: number): { tick: number; now: number }[] {
  const file = new URL(`../../schema/vectors/traces/${name}.json`, import.meta.url);
  const { period_ms, down_ms } = JSON.parse(readFileSync(file, "utf8")) as {
    period_ms: number;
    down_ms: number[];
  };
  return down_ms.slice(0, count).map((delay, i) => ({
    tick: i + 1,
    now: told((i + 1) * period_ms + delay),
  }));
}

it("chooses the delay by the arrivals as playout.json says", async () => {
  const playout = new Playout(20);
  const steps = arrivals("mobile", 400).map(({ tick, now }) => {
    playout.arrived(tick, now);
    return [tick, now, told(playout.origin), told(playout.delay), told(playout.late)];
  });
  await requireFile("playout.json", { rate: 20 }, steps);
});

it("draws the ticks that clock.json says", async () => {
  const clock = new RenderClock(20);
  const steps: Step[] = [];
  const coming = arrivals("wifi", 200);
  for (let now = 200, frame = 0; now < 9_000; now += frame++ % 150 === 149 ? 1500 : 40) {
    while (coming.length > 0 && coming[0].now <= now) {
      const { tick, now: at } = coming.shift() ?? { tick: 0, now };
      clock.playout.arrived(tick, at);
      steps.push(["arrived", tick, at]);
    }
    steps.push(["at", now, told(clock.at(now))]);
  }
  await requireFile("clock.json", { rate: 20 }, steps);
});

it("sends inputs as fast as input.json says", async () => {
  const clock = new InputClock(30);
  const random = new Random(12);
  const steps: Step[] = [];
  for (let tick = 1, applied = 0, slack = 0.5; tick <= 400; tick++) {
    const missed = random.once(40);
    if (missed) slack++;
    else applied++;
    slack -= clock.dilation;
    const waited = missed ? null : Math.round(16 * slack - random.below(12)) / 16;
    clock.confirmed({ tick, applied, slack: waited ?? undefined });
    steps.push(["confirmed", tick, applied, waited], ["next", told(clock.next())]);
  }
  await requireFile("input.json", { rate: 30 }, steps);
});

it("reconciles as reconcile.json says", async () => {
  const step = (words: Uint32Array, [push, press]: readonly number[]) => {
    words[1] += push;
    words[0] += words[1];
    words[2] += press;
  };
  const reconciler = new Reconciler(step, [false, false, false, true]);
  const server = Uint32Array.of(1000, 0, 0, 5);
  const random = new Random(13);
  const steps: Step[] = [];
  const way: { seq: number; input: number[] }[] = [];
  for (let tick = 1, seq = 0, applied = 0; tick <= 150; tick++) {
    const input = [random.below(3), random.once(5) ? 1 : 0];
    reconciler.sent(++seq, input);
    way.push({ seq, input });
    steps.push(["sent", seq, input, [...reconciler.head]]);
    const next = way.length > 3 && !random.once(12) ? way.shift() : undefined;
    if (next) step(server, next.input);
    applied = next?.seq ?? applied;
    if (random.once(15)) server[1] += 2;
    if (random.once(15)) server[3]++;
    if (random.once(4)) continue; // a state that was skipped
    const words = [...server];
    const verdict = reconciler.confirmed(tick, applied, words);
    steps.push(["confirmed", tick, applied, words, verdict, [...reconciler.head]]);
  }
  await requireFile("reconcile.json", { given: [3] }, steps);
});

it("spawns as spawns.json says", async () => {
  const shot: SpawnKind = {
    name: "Shot",
    kind: 0,
    fields: [{ ...plain, name: "x", bits: 16, interp: "linear" }],
    owns: () => true,
    step: (words) => {
      words[0] += SPEED;
    },
    ended: () => false,
  };
  const spawns = new Spawns();
  const reconciler = new Reconciler(
    (words, input, seq) => gunner(words, input, (x) => spawns.spawn(shot, [x], seq)),
    [false, false],
  );
  const shots = () => {
    spawns.settle(reconciler.last, 0);
    return spawns.all.map(({ row, born, words }) => [row, born, words[0]]);
  };
  const server = new Server();
  const random = new Random(14);
  const steps: Step[] = [];
  const way: Input[] = [];
  for (let seq = 1; seq <= 200; seq++) {
    const input = [random.once(4) ? 0 : 1];
    reconciler.sent(seq, input);
    way.push({ seq, input });
    steps.push(["sent", seq, input, shots()]);
    const next = way.length > 3 && !random.once(12) ? way.shift() : undefined;
    const { tick, applied, words, rows } = server.tick(random, next);
    if (random.once(4)) continue; // a state that was skipped
    const verdict = reconciler.confirmed(tick, applied, words);
    const told = [table(1, ...rows.map(([id, x]) => [id, x]))];
    spawns.confirmed([shot], told, applied, reconciler.last, verdict !== "same");
    steps.push(["confirmed", tick, applied, words, rows, verdict, shots()]);
  }
  await requireFile("spawns.json", { speed: SPEED }, steps);
});
