import { RenderClock } from "./clock.js";
import { type Descriptor, parseServerFrame, type Welcome } from "./descriptor.js";
import { Emitter } from "./emitter.js";
import { ProtocolError } from "./errors.js";
import { parseFrame, type RawMessage } from "./frame.js";
import { History, type Moment } from "./history.js";
import { decodeMessage, type MessageValues } from "./message.js";
import { RoomDecoder } from "./roomdecoder.js";
import type { Outcome } from "./state.js";
import type { Snapshot } from "./table.js";
import { Traffic } from "./traffic.js";
import { type Position, Uplink } from "./uplink.js";
import type { CloseInfo } from "./verdict.js";

/**
 * What a client knows of its room from the Welcome on: takes the server's
 * frames apart and keeps the state that they lead to. Times are in
 * milliseconds.
 */
export class Session {
  readonly welcome: Welcome;
  readonly uplink: Uplink;
  readonly events = new Emitter();
  readonly traffic = new Traffic();
  readonly clock: RenderClock;
  readonly #history: History;
  readonly #decoder: RoomDecoder;
  /** Frames received. */
  frames = 0;
  /** States whose checksum agreed, and did not. */
  checksumsVerified = 0;
  desyncs = 0;

  /** @param send hands bytes to the socket, false where it takes none */
  constructor(welcome: Welcome, send: (bytes: Uint8Array<ArrayBuffer>) => boolean) {
    this.welcome = welcome;
    this.uplink = new Uplink(welcome.schema.input, send);
    this.clock = new RenderClock(welcome.rate);
    this.#history = new History(welcome.rate);
    this.#decoder = new RoomDecoder(welcome.schema.kinds);
  }

  /** The schema as the server has it. */
  get schema(): Descriptor {
    return this.welcome.schema;
  }

  /** The newest snapshot; undefined until the first full state. */
  get newest(): Snapshot | undefined {
    return this.#decoder.newest;
  }

  /** What is drawn at a time. There is a snapshot by then. */
  moment(now: number): Moment {
    return this.#history.at(this.clock.at(now));
  }

  /**
   * Takes a message of the server.
   *
   * @throws ProtocolError where it breaks the protocol
   */
  receive(bytes: Uint8Array, now: number): void {
    const { body } = parseServerFrame(bytes);
    if (body === undefined) throw new ProtocolError("a second welcome came");
    const frame = parseFrame(body);
    // All of it is looked at before any of it is taken: a frame is bad as a whole.
    const values = frame.messages.map((raw) => decodeMessage(this.schema.messages, raw));
    const outcome = frame.state && this.#decoder.decode(frame.state, frame.hidden);
    this.frames++;
    this.traffic.add(bytes.length, now);
    if (frame.ack) this.uplink.acked(frame.ack);
    if (frame.echo) this.uplink.echoed(frame.echo, now);
    if (outcome) this.#state(outcome, now);
    this.#messages(frame.messages, values);
    this.uplink.answer(now, this.#position(now));
  }

  /** Sends what is due at this tick. */
  tick(now: number): void {
    this.uplink.tick(now, this.#position(now));
  }

  /** Tells that the connection ended, and nothing after that. */
  close(info: CloseInfo): void {
    this.events.emit("close", info, this.newest?.tick ?? 0);
    this.events.clear();
  }

  #position(now: number): Position {
    const ack = this.newest?.tick;
    if (ack === undefined) return { ack: 0, view: 0 };
    return { ack, view: Math.max(0, Math.min(Math.floor(this.clock.at(now)), ack)) };
  }

  #state(outcome: Outcome, now: number): void {
    if (outcome.kind === "dropped") return;
    if (outcome.kind === "desync") {
      this.desyncs++;
      this.uplink.resync();
      this.events.emit("desync", outcome.tick, outcome.tick);
      return;
    }
    if (outcome.verified) this.checksumsVerified++;
    const { tick } = outcome.snapshot;
    if (this.#history.push(outcome.snapshot)) this.clock.reset();
    this.clock.arrived(tick, now);
    this.events.emit("tick", tick, tick);
  }

  /** Messages come after the state of their tick, so that listeners see what they are about. */
  #messages(messages: readonly RawMessage[], values: readonly MessageValues[]): void {
    const tick = this.newest?.tick ?? 0;
    messages.forEach(({ kind }, i) => {
      this.events.emit(this.schema.messages[kind].name, values[i], tick);
    });
  }
}
