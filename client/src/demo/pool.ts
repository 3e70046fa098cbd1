/** A list that is filled anew each frame with objects that it makes once. */
export class Pool<T> {
  /** What was filled in last. */
  readonly list: T[] = [];
  readonly #make: () => T;
  readonly #spare: T[] = [];
  #filled = 0;

  constructor(make: () => T) {
    this.#make = make;
  }

  /** The next object to fill; its values are old ones. */
  next(): T {
    const i = this.#filled++;
    if (i === this.list.length) this.list.push(this.#spare.pop() ?? this.#make());
    return this.list[i];
  }

  /** Ends the list behind the last object that was filled, and starts over. */
  finish(): T[] {
    while (this.list.length > this.#filled) this.#spare.push(this.list.pop() as T);
    this.#filled = 0;
    return this.list;
  }
}
