import type { Descriptor } from "./descriptor.js";
import type { ListenOptions } from "./emitter.js";
import { Pacer } from "./pacer.js";
import type { AnySchema, KindName, MessageName, SchemaRef, SchemaTypes } from "./schema.js";
import type { Session } from "./session.js";
import { emptyTable } from "./table.js";
import type { CloseInfo } from "./verdict.js";
import { Drawer, View } from "./view.js";

/** What a room tells beside the game's messages. */
export interface RoomEvents {
  /** A state was decoded: its tick. */
  tick: number;
  /** The checksum of a tick did not agree; a full state is asked for by itself. */
  desync: number;
  /** The room is closed. This is the last event. */
  close: CloseInfo;
}

/** The names of a room's events: RoomEvents and the game's messages. */
export type EventName<S extends SchemaTypes> = keyof RoomEvents | MessageName<S>;

/** What comes with an event. */
export type EventValue<S extends SchemaTypes, E extends EventName<S>> = E extends keyof RoomEvents
  ? RoomEvents[E]
  : E extends keyof S["messages"]
    ? S["messages"][E]
    : never;

/** Figures about a connection, as they stand. */
export interface RoomStats {
  /** The newest tick decoded. */
  readonly tick: number;
  /** The tick that is drawn, with its fraction. */
  readonly viewTick: number;
  /** Milliseconds there and back; undefined until measured. */
  readonly rtt: number | undefined;
  /** Milliseconds by which drawing stays behind the fastest arrival. */
  readonly delay: number;
  /** Ticks that the newest input waited for its turn at the server; undefined until one did. */
  readonly slack: number | undefined;
  /** Inputs that the server has applied, by the number of the newest. */
  readonly inputsApplied: number;
  /** Bytes received in the last second, without the WebSocket's own. */
  readonly bytesPerSecond: number;
  /** Frames received. */
  readonly frames: number;
  /** States that were proved to be the server's. */
  readonly checksumsVerified: number;
  /** States that were not. */
  readonly desyncs: number;
  /** Entities in the newest state. */
  readonly entities: number;
}

/**
 * A room that the client has joined: what is in it, what happens, and the way
 * to send inputs. It lives until `leave`, the end of an `await using` block, or
 * its `close` event; after that it shows the last state.
 */
export class Room<S extends SchemaTypes = AnySchema> implements AsyncDisposable {
  readonly #session: Session;
  readonly #leave: () => void;
  readonly #drawers: readonly Drawer[];
  readonly #pacer: Pacer;
  readonly #matches: boolean;
  /** What values are, by the message's name, that the server's messages do not have. */
  readonly #zeros: Partial<Record<string, object>>;
  #closed: CloseInfo | undefined;

  /** @internal join makes rooms. */
  constructor(session: Session, schema: SchemaRef<S>, leave: () => void) {
    this.#session = session;
    this.#leave = leave;
    this.#matches = session.welcome.schemaHash === schema.hash;
    const zeros: Partial<Record<string, object>> = { ...schema.zeros?.kinds };
    this.#drawers = session.schema.kinds.map((kind) => new Drawer(kind, zeros[kind.name]));
    this.#zeros = { ...schema.zeros?.messages };
    this.#pacer = new Pacer(session.welcome.rate, () => session.tick(performance.now()));
    session.events.on("close", (info: CloseInfo) => {
      this.#closed = info;
      this.#pacer.stop();
    });
  }

  /** The room's name. */
  get id(): string {
    return this.#session.welcome.room;
  }

  /** The number of this client's player, from 1. */
  get player(): number {
    return this.#session.welcome.player;
  }

  /** Ticks a second. */
  get rate(): number {
    return this.#session.welcome.rate;
  }

  /** The schema as the server has it. */
  get schema(): Descriptor {
    return this.#session.schema;
  }

  /** Whether the server's schema is the one that the types were generated from. */
  get schemaMatches(): boolean {
    return this.#matches;
  }

  /** How the room ended; undefined while it is open. */
  get closed(): CloseInfo | undefined {
    return this.#closed;
  }

  /** Figures about the connection. */
  get stats(): RoomStats {
    const { clock, uplink, traffic, newest, frames, checksumsVerified, desyncs } = this.#session;
    const now = performance.now();
    const tables = newest?.tables ?? [];
    return {
      tick: newest?.tick ?? 0,
      viewTick: clock.at(now),
      rtt: uplink.rtt,
      delay: clock.delay,
      slack: uplink.slack,
      inputsApplied: uplink.applied,
      bytesPerSecond: traffic.rate(now),
      frames,
      checksumsVerified,
      desyncs,
      entities: tables.reduce((sum, table) => sum + table.ids.length, 0),
    };
  }

  /**
   * Sets where inputs come from: `read` is called once a tick, and what it
   * returns is sent, whole numbers within their bounds. It may return
   * undefined for no input. A later call replaces the former.
   */
  input(read: (() => S["input"] | undefined) | undefined): void {
    this.#session.uplink.reads(read as (() => Record<string, number> | undefined) | undefined);
  }

  /** The entities of a kind as they are drawn now; none of a kind that the server does not know. */
  view<K extends KindName<S>>(kind: K): View<S["kinds"][K]> {
    const moment = this.#session.moment(performance.now());
    const index = this.schema.kinds.findIndex(({ name }) => name === kind);
    if (index >= 0) return new View(this.#drawers[index], moment, index);
    return new View(NOBODY, { ...moment, older: NOTHING, newer: NOTHING }, 0);
  }

  /**
   * Calls the listener at each event: a message of the game by its name, or one
   * of RoomEvents. It is given the event's value and the newest tick. Returns
   * what removes the listener. A room that is closed says so at once.
   */
  on<E extends EventName<S>>(
    event: E,
    listener: (value: EventValue<S, E>, tick: number) => void,
    options?: ListenOptions,
  ): () => void {
    const zeros = this.#zeros[event];
    const hear: typeof listener = zeros
      ? (value, tick) => listener({ ...zeros, ...value }, tick)
      : listener;
    const off = this.#session.events.on(event, hear, options);
    if (event === "close" && this.#closed) {
      listener(this.#closed as EventValue<S, E>, this.stats.tick);
    }
    return off;
  }

  /** Leaves the room. The close event comes before this returns. */
  leave(): void {
    this.#leave();
  }

  /** Leaves the room at the end of an `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.leave();
  }
}

const NOBODY = new Drawer({ name: "", fields: [], x: -1, y: -1, private: false });
const NOTHING = { tick: 0, tables: [emptyTable(0)] };
