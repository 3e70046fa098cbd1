import { readFileSync } from "node:fs";
import { InputClock } from "../../src/inputclock.js";
import { Link } from "../../src/netsim/link.js";
import type { Profile } from "../../src/netsim/profile.js";
import { seeded } from "../../src/netsim/random.js";

/** How an exchange of inputs and states goes. */
export interface Course {
  readonly rate: number;
  readonly seconds: number;
  /** A synthetic network, or a recorded one by its name. */
  readonly network: Profile | "wifi" | "mobile";
  /** Of the phase between both ends, and of what a synthetic network does. */
  readonly seed: number;
  /** Whether the client listens to what the server says of its inputs. */
  readonly steered: boolean;
}

/** What came of it. */
export interface Figures {
  /** The share of ticks that had no input. */
  readonly missed: number;
  /** Ticks that an input waited, in the mean. */
  readonly slack: number;
}

/** One direction of a network: when what is sent at a time arrives, in the order of sending. */
interface Way {
  arrival(now: number): number;
}

/** A recorded network; schema/vectors/traces/README.md describes the files. */
interface Trace {
  readonly period_ms: number;
  readonly down_ms: readonly number[];
  readonly up_ms: readonly number[];
}

/** Plays a direction of a trace, from its start again and again. */
class Recorded implements Way {
  readonly #period: number;
  readonly #delays: readonly number[];
  #newest = 0;

  constructor(period: number, delays: readonly number[]) {
    this.#period = period;
    this.#delays = delays;
  }

  arrival(now: number): number {
    const delay = this.#delays[Math.floor(now / this.#period) % this.#delays.length];
    this.#newest = Math.max(this.#newest, now + delay);
    return this.#newest;
  }
}

function waysOf(network: Course["network"], random: () => number): [up: Way, down: Way] {
  if (typeof network !== "string") return [new Link(network, random), new Link(network, random)];
  const file = new URL(`../../../schema/vectors/traces/${network}.json`, import.meta.url);
  const { period_ms, up_ms, down_ms } = JSON.parse(readFileSync(file, "utf8")) as Trace;
  return [new Recorded(period_ms, up_ms), new Recorded(period_ms, down_ms)];
}

/** Runs what is to happen in the order of its times, in milliseconds; of one time as it came. */
class Agenda {
  readonly #entries: { readonly at: number; readonly run: () => void }[] = [];

  add(at: number, run: () => void): void {
    let i = this.#entries.length;
    while (i > 0 && this.#entries[i - 1].at > at) i--;
    this.#entries.splice(i, 0, { at, run });
  }

  run(until: number): void {
    while (this.#entries.length > 0 && this.#entries[0].at < until) this.#entries.shift()?.run();
  }
}

interface Waiting {
  readonly seq: number;
  readonly at: number;
}

/** The inputs of one player at the server, as netcode/queue.go keeps them (INPUT-2, INPUT-3). */
class Queue {
  readonly #watch: number;
  readonly #waiting: Waiting[] = [];
  #watched = 0;
  #spare = 0;

  constructor(rate: number) {
    this.#watch = 4 * rate;
  }

  add(input: Waiting): void {
    if (this.#waiting.length === 12) this.#waiting.shift();
    this.#waiting.push(input);
  }

  /** The input of a tick, undefined where none waits. */
  take(): Waiting | undefined {
    const behind = Math.max(this.#waiting.length - 1, 0);
    this.#spare = this.#watched === 0 ? behind : Math.min(behind, this.#spare);
    if (++this.#watched === this.#watch) {
      this.#waiting.splice(0, this.#spare);
      this.#watched = 0;
    }
    return this.#waiting.shift();
  }
}

/** Seconds that no figure counts: the clock finds its place first. */
const WARM_UP = 10;

/** A client that sends inputs to a server over a network, and hears of them. */
class Exchange {
  readonly #course: Course;
  readonly #agenda = new Agenda();
  readonly #up: Way;
  readonly #down: Way;
  readonly #clock: InputClock;
  readonly #queue: Queue;
  readonly #period: number;
  #sent = 0;
  #applied = 0;
  #ticks = 0;
  #missed = 0;
  #waited = 0;

  constructor(course: Course) {
    const random = seeded(course.seed);
    this.#course = course;
    [this.#up, this.#down] = waysOf(course.network, random);
    this.#clock = new InputClock(course.rate);
    this.#queue = new Queue(course.rate);
    this.#period = 1000 / course.rate;
    this.#agenda.add(0, () => this.#send(random() * this.#period));
    this.#agenda.add(this.#period, () => this.#tick(1));
  }

  run(): Figures {
    this.#agenda.run(this.#course.seconds * 1000);
    return {
      missed: this.#missed / this.#ticks,
      slack: this.#waited / (this.#ticks - this.#missed),
    };
  }

  #send(now: number): void {
    const at = this.#up.arrival(now);
    const input = { seq: ++this.#sent, at };
    this.#agenda.add(at, () => this.#queue.add(input));
    const next = now + this.#clock.next();
    this.#agenda.add(next, () => this.#send(next));
  }

  #tick(tick: number): void {
    const now = tick * this.#period;
    const input = this.#queue.take();
    const slack = input && (now - input.at) / this.#period;
    if (input) this.#applied = input.seq;
    if (tick > WARM_UP * this.#course.rate) this.#count(slack);
    const told = { tick, applied: this.#applied, slack: slack && asTold(slack) };
    if (this.#course.steered) {
      this.#agenda.add(this.#down.arrival(now), () => this.#clock.confirmed(told));
    }
    this.#agenda.add(now + this.#period, () => this.#tick(tick + 1));
  }

  #count(slack: number | undefined): void {
    this.#ticks++;
    if (slack === undefined) this.#missed++;
    else this.#waited += slack;
  }
}

/** Slack as the wire tells it: in 1/16 tick, within a byte. */
function asTold(ticks: number): number {
  return Math.max(-128, Math.min(Math.trunc(ticks * 16), 127)) / 16;
}

/** Plays a client's inputs against a server over a network, and counts. */
export function play(course: Course): Figures {
  return new Exchange(course).run();
}
