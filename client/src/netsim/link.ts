import type { Profile } from "./profile.js";

/**
 * One direction of a network, pure: the times at which messages are sent go in, the times at which
 * they arrive come out. Nothing is lost and nothing overtakes, since what it stands for is a
 * WebSocket's transport: a loss is a wait. The same numbers and calls give the same times.
 */
export class Link {
  readonly #random: () => number;
  #profile: Profile;
  #bad = false;
  #stallStart = Number.POSITIVE_INFINITY;
  #stallEnd = 0;
  #newest = Number.NEGATIVE_INFINITY;

  /** @param random numbers from 0 up to 1 */
  constructor(profile: Profile, random: () => number) {
    this.#random = random;
    this.#profile = profile;
    this.set(profile, 0);
  }

  /** How messages are treated. */
  get profile(): Profile {
    return this.#profile;
  }

  /** Changes how messages are treated that are sent from now on. */
  set(profile: Profile, now: number): void {
    this.#profile = profile;
    this.#bad = false;
    this.#nextStall(now);
  }

  /** When a message arrives that is sent now; times do not go back from call to call. */
  arrival(now: number): number {
    const { delay, jitter, resend } = this.#profile;
    let at = this.#afterStalls(now) + delay + this.#random() * jitter;
    for (let tries = 0; tries < MAX_TRIES && this.#loses(); tries++) at += resend * 2 ** tries;
    this.#newest = Math.max(this.#newest, at);
    return this.#newest;
  }

  /** Draws whether the next try is lost. */
  #loses(): boolean {
    const { burst, loss } = this.#profile;
    this.#bad = this.#bad ? !this.#chance(burst.end) : this.#chance(burst.start);
    return (this.#bad && this.#chance(burst.loss)) || this.#chance(loss);
  }

  #chance(share: number): boolean {
    return share > 0 && this.#random() < share;
  }

  /** The first moment from one on at which something may go out. */
  #afterStalls(from: number): number {
    let at = from;
    while (at >= this.#stallStart) {
      at = Math.max(at, this.#stallEnd);
      this.#nextStall(this.#stallEnd);
    }
    return at;
  }

  /** Draws the first stall after a moment. */
  #nextStall(after: number): void {
    const { every, least, most } = this.#profile.stall;
    const wait = every > 0 ? -Math.log(1 - this.#random()) * every : Number.POSITIVE_INFINITY;
    this.#stallStart = after + wait;
    this.#stallEnd = this.#stallStart + least + this.#random() * (most - least);
  }
}

/** Tries beyond which a message comes through all the same. */
const MAX_TRIES = 4;
