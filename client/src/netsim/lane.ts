import type { Link } from "./link.js";

/** A message under way: what its arrival does, and how long it is. */
interface Parcel {
  readonly at: number;
  readonly bytes: number;
  readonly arrive: () => void;
}

/** Carries messages over a link in real time, each in its turn. */
export class Lane {
  readonly #link: Link;
  #way: Parcel[] = [];
  /** What waits for a link that is down. */
  #held: Parcel[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(link: Link) {
    this.#link = link;
  }

  /** Bytes that cannot go out. */
  get heldBytes(): number {
    return this.#held.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Sends a message; `arrive` is called when it comes out. */
  send(bytes: number, arrive: () => void): void {
    const now = performance.now();
    if (this.#link.profile.down) {
      this.#held.push({ at: now, bytes, arrive });
      return;
    }
    const at = this.#link.arrival(now);
    // Not by a timer, which a hidden tab holds back.
    if (at <= now && this.#way.length === 0) arrive();
    else this.#way.push({ at, bytes, arrive });
    this.#wait();
  }

  /** Sends what waited for the link. Called when the link's profile changed. */
  resume(): void {
    if (this.#link.profile.down) return;
    const held = this.#held;
    this.#held = [];
    for (const { bytes, arrive } of held) this.send(bytes, arrive);
  }

  /** Drops all that is under way. */
  stop(): void {
    this.#way = [];
    this.#held = [];
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #wait(): void {
    if (this.#timer !== undefined || this.#way.length === 0) return;
    this.#timer = setTimeout(() => this.#deliver(), this.#way[0].at - performance.now());
  }

  #deliver(): void {
    this.#timer = undefined;
    // Timers go by whole milliseconds, and may be early by the fraction.
    const now = performance.now() + 1;
    while (this.#way.length > 0 && this.#way[0].at <= now) this.#way.shift()?.arrive();
    this.#wait();
  }
}
