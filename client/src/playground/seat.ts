import { type AnySchema, join, RondoError, type Room } from "../index.js";
import { type Control, controlsOf } from "./controls.js";
import type { Pick } from "./entity.js";
import { Hand } from "./hand.js";
import { Log } from "./log.js";

/** A room of a game that is known by its descriptor alone. */
export type AnyRoom = Room<AnySchema>;

/** One player of this page, from the wish to join to the end of the room. */
export class Seat {
  readonly game: string;
  readonly log = new Log();
  room: AnyRoom | undefined;
  controls: readonly Control[] = [];
  hand = new Hand([]);
  /** The entity that is followed. */
  followed: Pick | undefined;
  /** Why it does not play; undefined while it does. */
  trouble: string | undefined = "joining";
  readonly #leaving = new AbortController();

  constructor(game: string) {
    this.game = game;
  }

  /** What this player is called on the page. */
  get name(): string {
    return this.room ? `P${this.room.player}` : "P…";
  }

  /** Asks the matchmaker for a seat and plays. Where it gets none, `trouble` says why. */
  async join(): Promise<void> {
    const { signal } = this.#leaving;
    try {
      const schema = { name: this.game, hash: "" }; // no types: the server's descriptor says it all
      this.#play(await join<AnySchema>(location.origin, schema, { signal }));
    } catch (error) {
      if (!(error instanceof RondoError)) throw error;
      this.trouble = error.message;
    }
  }

  /** Gives the seat back, or gives up waiting for one. */
  leave(): void {
    this.#leaving.abort();
    this.room?.leave();
  }

  #play(room: AnyRoom): void {
    this.trouble = undefined;
    this.room = room;
    this.controls = controlsOf(room.schema.input);
    this.hand = new Hand(this.controls);
    if (this.controls.length > 0) room.input(() => this.hand.read());
    for (const { name } of room.schema.messages) {
      room.on(name, (values, tick) => this.log.add({ tick, name, values, own: false }));
    }
    room.on("desync", (tick) => this.log.add({ tick, name: "desync", values: {}, own: true }));
    room.on("close", ({ code, reason, verdict }, tick) => {
      this.trouble = `closed: ${reason || code}`;
      this.log.add({ tick, name: "close", values: { code, reason, verdict }, own: true });
    });
  }
}
