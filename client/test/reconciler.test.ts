import { describe, expect, it } from "vitest";
import { Reconciler, type Verdict } from "../src/prediction/reconciler.js";
import { Random } from "./support/random.js";

/** A thing with a place, a speed and a number of presses; the last word is the server's own. */
function step(words: Uint32Array, [push, press]: readonly number[]): void {
  words[1] += push;
  words[0] += words[1];
  words[2] += press;
}
const GIVEN = [false, false, false, true];

function fresh(): Reconciler {
  const reconciler = new Reconciler(step, GIVEN);
  reconciler.confirmed(1, 0, [100, 0, 0, 7]);
  return reconciler;
}

describe("a reconciler", () => {
  it("is ahead by the inputs that are under way", () => {
    const reconciler = fresh();
    reconciler.sent(1, [2, 0]);
    reconciler.sent(2, [0, 1]);
    expect([...reconciler.head]).toEqual([104, 2, 1, 7]);
  });

  it("leaves all as it is where the server's words are those predicted", () => {
    const reconciler = fresh();
    for (const seq of [1, 2, 3]) reconciler.sent(seq, [1, 0]);
    expect(reconciler.confirmed(2, 1, [101, 1, 0, 7])).toBe<Verdict>("same");
    expect(reconciler.confirmed(4, 3, [106, 3, 0, 7])).toBe<Verdict>("same");
    expect([...reconciler.head]).toEqual([106, 3, 0, 7]);
  });

  it("goes on from the server's words where they differ by as little as one, and says so once", () => {
    const reconciler = fresh();
    for (const seq of [1, 2, 3]) reconciler.sent(seq, [1, 0]);
    expect(reconciler.confirmed(2, 1, [101, 2, 0, 7])).toBe<Verdict>("wrong");
    expect([...reconciler.head]).toEqual([108, 4, 0, 7]);
    expect(reconciler.confirmed(3, 2, [104, 3, 0, 7])).toBe<Verdict>("same");
    expect(reconciler.confirmed(4, 3, [108, 4, 0, 7])).toBe<Verdict>("same");
  });

  it("takes over what the server alone decides", () => {
    const reconciler = fresh();
    for (const seq of [1, 2]) reconciler.sent(seq, [1, 0]);
    expect(reconciler.confirmed(2, 1, [101, 1, 0, 9])).toBe<Verdict>("given");
    expect([...reconciler.head]).toEqual([103, 2, 0, 9]);
  });

  it("compares nothing where the server had not one input for each tick", () => {
    const reconciler = fresh();
    for (const seq of [1, 2, 3]) reconciler.sent(seq, [1, 0]);
    expect(reconciler.confirmed(3, 1, [102, 1, 0, 7])).toBe<Verdict>("shifted");
    expect([...reconciler.head]).toEqual([107, 3, 0, 7]);
    expect(reconciler.confirmed(4, 2, [104, 2, 0, 7])).toBe<Verdict>("same");
  });

  it("presses a one-shot button once, however often it is played again", () => {
    const reconciler = fresh();
    reconciler.sent(1, [0, 1]);
    for (let seq = 2; seq <= 20; seq++) reconciler.sent(seq, [0, 0]);
    for (let tick = 2; tick <= 20; tick++) {
      reconciler.confirmed(tick, tick - 1, [100 + tick, 0, 1, 7]); // wrong each time
      expect(reconciler.head[2]).toBe(1);
    }
  });

  it("plays inputs that went out before there was anything to play them on", () => {
    const reconciler = new Reconciler(step, GIVEN);
    expect(reconciler.sent(1, [1, 0])).toBe(false);
    expect(reconciler.sent(2, [1, 0])).toBe(false);
    reconciler.confirmed(9, 1, [50, 1, 0, 0]);
    expect([...reconciler.head]).toEqual([52, 2, 0, 0]);
    expect(reconciler.confirmed(10, 2, [52, 2, 0, 0])).toBe<Verdict>("same");
  });

  it("stands still where the server does not answer, and goes on once it does", () => {
    const reconciler = fresh();
    let sent = 0;
    for (let seq = 1; seq <= 300; seq++) if (reconciler.sent(seq, [1, 0])) sent++;
    expect(sent).toBe(127);
    reconciler.confirmed(301, 300, [5000, 9, 0, 7]);
    expect([...reconciler.head]).toEqual([5000, 9, 0, 7]);
    expect(reconciler.sent(301, [1, 0])).toBe(true);
    expect(reconciler.confirmed(302, 301, [5010, 10, 0, 7])).toBe<Verdict>("same");
  });

  it("is where the server is once all is confirmed, whatever happens on the way", () => {
    for (let seed = 1; seed <= 50; seed++) playByChance(new Random(seed));
  });
});

/** A server that misses inputs, drops some and pushes the thing now and then; what it says comes later. */
function playByChance(random: Random): void {
  const reconciler = fresh();
  const server = Uint32Array.of(100, 0, 0, 7);
  const way: { seq: number; input: number[] }[] = [];
  const told: { tick: number; applied: number; words: number[] }[] = [];
  let applied = 0;
  for (let tick = 2, seq = 1; tick <= 200; tick++, seq++) {
    const input = [random.below(3), random.below(2)];
    reconciler.sent(seq, input);
    way.push({ seq, input });
    const next = random.once(10) ? undefined : way.shift();
    if (next) step(server, next.input);
    applied = next?.seq ?? applied;
    if (random.once(20)) server[1] += 5;
    told.push({ tick, applied, words: [...server] });
    const heard = random.once(3) ? undefined : told.shift();
    if (heard) reconciler.confirmed(heard.tick, heard.applied, heard.words);
  }
  let tick = 200;
  for (const { seq, input } of way) {
    step(server, input);
    told.push({ tick: ++tick, applied: seq, words: [...server] });
  }
  for (const heard of told) reconciler.confirmed(heard.tick, heard.applied, heard.words);
  expect(reconciler.head).toEqual(server);
}
