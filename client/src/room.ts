import type { Descriptor } from "./descriptor.js";
import type { ListenOptions } from "./emitter.js";
import { MOST_WAITING } from "./knobs.js";
import { Pacer } from "./pacer.js";
import type { PredictionStats, Predictor } from "./predictor.js";
import type { AnySchema, KindName, MessageName, SchemaRef, SchemaTypes } from "./schema.js";
import { type ConnectionState, MESSAGE, type Session } from "./session.js";
import type { Speaker } from "./uplink.js";
import type { CloseInfo } from "./verdict.js";
import { Drawer, View } from "./view.js";

/** What a room tells beside the game's messages. */
export interface RoomEvents {
  /** A state was decoded: its tick. */
  tick: number;
  /** The checksum of a tick did not agree; a full state is asked for by itself. */
  desync: number;
  /** The connection was cut, and the room comes back to its seat by itself: how it was cut. */
  resuming: CloseInfo;
  /** It came back, and all goes on: the newest tick. */
  resumed: number;
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
  /** Whether the room plays, looks for the way back to its seat after a cut, or is closed. */
  readonly connection: ConnectionState;
  /** The newest tick decoded. */
  readonly tick: number;
  /** The tick that is drawn, with its fraction. */
  readonly viewTick: number;
  /** Milliseconds there and back, averaged; undefined until measured, as the next two. */
  readonly rtt: number | undefined;
  /** The shortest of the last ten seconds. */
  readonly rttLeast: number | undefined;
  /** By how much they differ from the average. */
  readonly jitter: number | undefined;
  /** Milliseconds by which drawing stays behind the fastest arrival. */
  readonly delay: number;
  /** The share of states that came too late to be drawn on time, of the last hundred or so. */
  readonly late: number;
  /** Ticks that the newest input waited for its turn at the server; undefined until one did. */
  readonly slack: number | undefined;
  /** How much slower than the ticks inputs are sent, so that they come just in time: -0.05 to 0.05. */
  readonly dilation: number;
  /** The share of ticks that should have had an input and had none. */
  readonly inputsMissed: number;
  /** Inputs that the server has applied, by the number of the newest. */
  readonly inputsApplied: number;
  /** All bytes received so far: the state that all get, what is for this player alone, and messages. */
  readonly bytes: { readonly state: number; readonly hidden: number; readonly messages: number };
  /** Frames received. */
  readonly frames: number;
  /** States that were proved to be the server's. */
  readonly checksumsVerified: number;
  /** States that were not. */
  readonly desyncs: number;
  /** Entities in the newest state. */
  readonly entities: number;
  /** How good the prediction is; undefined where there is none. */
  readonly prediction: PredictionStats | undefined;
}

/** A message of the game as `messages` tells it. */
export type Message<S extends SchemaTypes> = {
  [N in MessageName<S>]: {
    readonly name: N;
    readonly value: N extends keyof S["messages"] ? S["messages"][N] : never;
    /** The newest tick when it came. */
    readonly tick: number;
  };
}[MessageName<S>];

/** What the values of kinds or messages are that the server does not have. */
type Zeros = Partial<Record<string, object>>;

/**
 * How entities are seen otherwise than drawn: all of them interpolated, without a prediction; or
 * where the newest state has them, which moves once a tick.
 */
export type Look = "interpolated" | "newest";

/** The names of the columns of a kind. */
export type ColumnName<S extends SchemaTypes, K extends KindName<S>> =
  | (keyof S["kinds"][K] & string)
  | "id";

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
  /** The arrays of columns by their names, which grow and are used again. */
  readonly #columns = new Map<string, Float32Array | Uint32Array>();
  #closed: CloseInfo | undefined;

  /** @internal join makes rooms. */
  constructor(session: Session, schema: SchemaRef<S>, leave: () => void) {
    this.#session = session;
    this.#leave = leave;
    this.#matches = session.welcome.schemaHash === schema.hash;
    const { kinds, messages }: { kinds?: Zeros; messages?: Zeros } = schema.zeros ?? {};
    this.#drawers = session.schema.kinds.map((kind) => new Drawer(kind.fields, kinds?.[kind.name]));
    session.zeros = messages;
    this.#pacer = new Pacer(session.inputClock, () => session.tick(performance.now()));
    setTimeout(() => session.start()); // by then the page listens that waited for its room
    session.events.on("close", (info: CloseInfo) => {
      this.#closed = info;
      this.#pacer.stop();
    });
  }

  /** The room's name. */
  get id(): string {
    return this.#session.welcome.room;
  }

  /** The number of this client's player, from 1; 0 for a spectator, whose inputs are not heard. */
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
    const session = this.#session;
    const { playout } = session.clock;
    const { roundTrip, applied } = session.uplink;
    const { slack, dilation, missed } = session.inputClock;
    const now = performance.now();
    const tables = session.newest?.tables ?? [];
    return {
      connection: session.connection,
      tick: session.newest?.tick ?? 0,
      viewTick: session.clock.at(now),
      rtt: roundTrip.mean,
      rttLeast: roundTrip.least,
      jitter: roundTrip.jitter,
      delay: playout.delay,
      late: playout.late,
      slack,
      dilation,
      inputsMissed: missed,
      inputsApplied: applied,
      bytes: { ...session.bytes },
      frames: session.frames,
      checksumsVerified: session.checksumsVerified,
      desyncs: session.desyncs,
      entities: tables.reduce((sum, table) => sum + table.ids.length, 0),
      prediction: session.predictor?.stats,
    };
  }

  /**
   * Sets where inputs come from: `read` is called once a tick, and what it
   * returns is sent, whole numbers within their bounds. It may return
   * undefined for no input. A later call replaces the former.
   */
  input(read: (() => S["input"] | undefined) | undefined): void {
    if (this.player)
      this.#session.uplink.read = read as (() => Record<string, number> | undefined) | undefined;
  }

  /**
   * Draws the player's own entity ahead of the server: `prediction` of `@rondo/client/prediction`
   * makes what it takes. Undefined ends that. A spectator has nothing to predict.
   *
   * @throws RondoError `refused` where the server's schema lacks what the prediction needs
   */
  predict(predictor: Predictor<S> | undefined): void {
    const { player, rate, schema } = this;
    if (!player) return;
    predictor?.start({ player, rate, schema, phase: (now) => this.#pacer.phase(now) });
    this.#session.predictor = predictor;
  }

  /** The entities of a kind as they are drawn now, or otherwise; none of a kind that the server does not know. */
  view<K extends KindName<S>>(kind: K, how?: Look): View<S["kinds"][K]> {
    const now = performance.now();
    const moment = this.#session.moment(now, how === "newest");
    const index = this.schema.kinds.findIndex(({ name }) => name === kind);
    const drawn = how ? undefined : this.#session.predictor?.draw(moment, index, now);
    return new View(this.#drawers[index] ?? NOBODY, drawn ?? moment, index);
  }

  /**
   * A field of all entities of a kind as they are drawn now, in the order of the view: to be handed
   * to WebGL, say. Bools are 0 and 1; `id` gives the ids, as unsigned integers. The array is good
   * until the same column is asked for again.
   */
  column<K extends KindName<S>>(kind: K, field: "id"): Uint32Array;
  column<K extends KindName<S>>(kind: K, field: ColumnName<S, K>): Float32Array;
  column<K extends KindName<S>>(kind: K, field: ColumnName<S, K>): Float32Array | Uint32Array {
    const view = this.view(kind);
    const name = `${kind} ${field}`;
    let values = this.#columns.get(name);
    if (values === undefined || values.length < view.size) {
      values = new (field === "id" ? Uint32Array : Float32Array)(2 * view.size);
      this.#columns.set(name, values);
    }
    let i = 0;
    for (const entity of view) values[i++] = Number(entity[field]);
    return values.subarray(0, i);
  }

  /**
   * Calls the listener at each event: a message of the game by its name, or one
   * of RoomEvents. It is given the event's value and the newest tick. Returns
   * what removes the listener. A room that is closed says so at once. Messages that came with the
   * first state are told in the next turn of the event loop, to who listens by then.
   */
  on<E extends EventName<S>>(
    event: E,
    listener: (value: EventValue<S, E>, tick: number) => void,
    options?: ListenOptions,
  ): () => void {
    const off = this.#session.events.on(event, listener, options);
    if (event === "close" && this.#closed) {
      listener(this.#closed as EventValue<S, E>, this.stats.tick);
    }
    return off;
  }

  /**
   * The game's messages from the first step of a loop on, in order, until the room closes:
   * `for await (const { name, value } of room.messages())`. Of a loop that does not keep up the
   * oldest of 1,024 messages are dropped.
   */
  async *messages(): AsyncGenerator<Message<S>, void> {
    const waiting: Message<S>[] = [];
    let wake = () => {};
    const off = this.#session.events.on(MESSAGE, (message: Message<S>) => {
      if (waiting.push(message) > MOST_WAITING) waiting.shift();
      wake();
    });
    this.#session.events.on("close", () => wake());
    try {
      for (;;) {
        for (let next = waiting.shift(); next; next = waiting.shift()) yield next;
        if (this.#closed) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      off();
    }
  }

  /** Sets where messages to the game come from; `Voice` of `@rondo/client/voice` does so. */
  speak(speaker: Speaker): void {
    this.#session.uplink.speaker = speaker;
  }

  /** Leaves the room. The close event comes before this returns. */
  leave(): void {
    if (!this.#closed) this.#leave();
  }

  /** Leaves the room at the end of an `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.leave();
  }
}

const NOBODY = new Drawer([]);
