import { type Kind, PREDICTS } from "./descriptor.js";
import { fieldPlace, WAKES, WAKING } from "./models.js";
import { HEADING, HOLD, WORD } from "./protocol.js";

/** 32,768 times the sine of each step of 1/1024 turn. */
const SINES = Int32Array.from({ length: 1024 }, (_, i) =>
  Math.round(32768 * Math.sin((Math.PI * i) / 512)),
);

/** Those of a guess along a heading, by the eighth of its word that it lies in. */
const LEANINGS = Int32Array.of(32, 28, 24, 20, 22, 26, 30, 34);

/** A field of a kind, with what its words are guessed and read by. */
export type Column = ReturnType<typeof columnOf>;

/** The column of a kind's field. */
export function columnOf(kind: Kind, column: number) {
  const { bits, type, heading, axis, speed, predict } = kind.fields[column];
  const own = PREDICTS.indexOf(predict);
  return {
    column,
    bits,
    top: -1 >>> (32 - bits),
    /** What 32 bits have more than a word, and than one of its heading. */
    spare: 32 - bits,
    turnSpare: 32 - kind.fields[heading].bits,
    wraps: type === "angle",
    heading,
    quarter: axis === "x" ? 256 : 0,
    speed,
    models: fieldPlace(kind, column),
    own,
    /** How it is guessed in the message at hand, and how surprising the last word was. */
    way: own,
    surprise: WAKING,
  };
}

/** An entity that moves or wakes: where its rows begin in the words of the tables. */
export interface Mover {
  now: Uint32Array;
  to: number;
  base: Uint32Array;
  from: number;
  older: Uint32Array;
  /** Or NEW or WAKES. */
  was: number;
  /** How old the baselines are: the newer one k ticks, the older one g ticks more, 0 for none. */
  k: number;
  g: number;
}

// All numbers are whole and below 2^53, so that they come out the same in every language.

/** Guesses a word of a mover, whose heading is known by then. Of an angle it may be some turns off. */
export function guess(c: Column, m: Mover): number {
  const word = m.base[m.from + c.column];
  if (c.way === HEADING && m.was !== WAKES) return clamp(c, word + lead(c, m, word));
  c.surprise = WAKING;
  if (m.was < 0) return word;
  const d = distance(c, m.older[m.was + c.column], word);
  c.surprise = surprise(d);
  if (c.way === HOLD) return word;
  return clamp(c, word + (m.k === m.g ? d : Math.floor((2 * d * m.k + m.g) / (2 * m.g))));
}

/** How many words a field goes on along its heading. */
function lead(c: Column, m: Mover, word: number): number {
  const heading = m.base[m.from + c.heading];
  const on = way(c, heading, m.now[m.to + c.heading], m.k);
  let rest = 0;
  if (m.was >= 0) {
    const went = way(c, m.older[m.was + c.heading], heading, m.g);
    const moved = distance(c, m.older[m.was + c.column], word);
    rest = went - moved * WORD;
    if (rest < -1.5 * WORD || rest >= 1.5 * WORD) {
      c.surprise = surprise(moved - Math.floor(went / WORD + 0.5));
      return Math.floor(on / WORD + 0.5);
    }
  }
  const eighths = Math.floor((on + (rest >> 1) + WORD / 2) / (WORD / 8));
  c.surprise = LEANINGS[eighths & 7];
  return Math.floor(eighths / 8);
}

/** How far some ticks lead a field whose heading turns evenly from one word to another. */
function way({ turnSpare, quarter, speed }: Column, from: number, to: number, ticks: number) {
  const turn = ((to - from) << turnSpare) >> turnSpare;
  const heading = ticks === 1 ? to : to - Math.floor((turn * (ticks - 1)) / (2 * ticks));
  return ticks * speed * SINES[(((heading << turnSpare) >>> 22) + quarter) & 1023];
}

function distance({ wraps, spare }: Column, from: number, to: number): number {
  return wraps ? ((to - from) << spare) >> spare : to - from;
}

function clamp({ wraps, top }: Column, v: number): number {
  return wraps ? v : Math.max(0, Math.min(v, top));
}

/** The surprise of a word that came so far from another. */
function surprise(d: number): number {
  if (d === 0) return 1;
  const digits = 32 - Math.clz32(Math.abs(d));
  return 4 * Math.min(1 + (digits >> 2), 3) + (d < 0 ? 0 : 2);
}
