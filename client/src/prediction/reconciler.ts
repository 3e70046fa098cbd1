/** Inputs that may be under way: beyond, the prediction stands still until the server answers. */
const MOST_AHEAD = 128;

/** A game's step: changes the words as one input, which has a number, does in one tick. */
export type WordStep = (words: Uint32Array, input: readonly number[], seq: number) => void;

/**
 * What came of a confirmed tick: `same` as predicted; `given`, the same but for what the server
 * alone decides; `wrong`; or `shifted`, not to be compared, since the server had not one input for
 * each tick.
 */
export type Verdict = "same" | "given" | "wrong" | "shifted";

/**
 * Keeps an entity's words ahead of the server by the inputs that are under way. Every confirmed
 * tick is compared once with what was predicted for it, word by word; where they differ it starts
 * from the server's words and plays the inputs that the server had not again. Pure: no clock.
 */
export class Reconciler {
  readonly #step: WordStep;
  readonly #given: readonly boolean[];
  readonly #head: Uint32Array;
  /** The words after an input, by its number; a ring. */
  readonly #words: readonly Uint32Array[];
  readonly #seqs = new Uint32Array(MOST_AHEAD);
  readonly #inputs: (readonly number[])[] = [];
  #last = 0;
  #tick = 0;
  #applied = 0;

  /** @param given the words that the server alone decides: taken over, not compared */
  constructor(step: WordStep, given: readonly boolean[]) {
    this.#step = step;
    this.#given = given;
    this.#head = new Uint32Array(given.length);
    this.#words = Array.from({ length: MOST_AHEAD }, () => new Uint32Array(given.length));
  }

  /** The words after the newest input; zeros until a tick was confirmed. Not to be changed. */
  get head(): Uint32Array {
    return this.#head;
  }

  /** The newest input that is in the head. */
  get last(): number {
    return Math.max(this.#last, this.#applied);
  }

  /** Whether there is anything to go on from. */
  get ready(): boolean {
    return this.#tick > 0;
  }

  /** Forgets the entity: there is none until a tick is confirmed. */
  reset(): void {
    this.#tick = 0;
  }

  /**
   * Plays an input, whose number ascends. Returns false where there is nothing to play it on, or
   * where too many are under way: then the entity stands still.
   */
  sent(seq: number, input: readonly number[]): boolean {
    if (this.ready && seq - this.#applied >= MOST_AHEAD) return false;
    this.#last = seq;
    const slot = seq % MOST_AHEAD;
    this.#seqs[slot] = seq;
    this.#inputs[slot] = input;
    if (!this.ready) return false;
    this.#step(this.#head, input, seq);
    this.#words[slot].set(this.#head);
    return true;
  }

  /** Takes the server's words of a tick, by which it has applied the inputs up to a number. */
  confirmed(tick: number, applied: number, words: ArrayLike<number>): Verdict {
    const even = tick - this.#tick === applied - this.#applied;
    const slot = applied % MOST_AHEAD;
    const known = this.ready && even && applied > 0 && this.#seqs[slot] === applied;
    const verdict = known ? this.#compare(this.#words[slot], words) : "shifted";
    this.#tick = tick;
    this.#applied = applied;
    if (verdict !== "same") this.#replay(words);
    return verdict;
  }

  #compare(predicted: Uint32Array, words: ArrayLike<number>): Verdict {
    let verdict: Verdict = "same";
    for (let i = 0; i < predicted.length; i++) {
      if (predicted[i] === words[i]) continue;
      if (!this.#given[i]) return "wrong";
      verdict = "given";
    }
    return verdict;
  }

  /** Goes on from the server's words by the inputs that it has not applied. */
  #replay(words: ArrayLike<number>): void {
    this.#head.set(words);
    for (let seq = this.#applied + 1; seq <= this.#last; seq++) {
      const slot = seq % MOST_AHEAD;
      if (this.#seqs[slot] !== seq) continue;
      this.#step(this.#head, this.#inputs[slot], seq);
      this.#words[slot].set(this.#head);
    }
  }
}
