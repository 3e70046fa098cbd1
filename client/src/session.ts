import { clamp } from "./clamp.js";
import { RenderClock } from "./clock.js";
import { type Descriptor, parseServerFrame, type Welcome } from "./descriptor.js";
import { Emitter } from "./emitter.js";
import { ProtocolError } from "./errors.js";
import { type Ack, parseFrame, type RawMessage } from "./frame.js";
import { History, type Moment } from "./history.js";
import { InputClock } from "./inputclock.js";
import { decodeMessage, type MessageValues } from "./message.js";
import type { Predictor } from "./predictor.js";
import { RoomDecoder } from "./roomdecoder.js";
import type { SchemaTypes } from "./schema.js";
import type { Outcome } from "./state.js";
import type { Snapshot } from "./table.js";
import { Traffic } from "./traffic.js";
import { type Position, Uplink } from "./uplink.js";
import type { CloseInfo } from "./verdict.js";

/** The parts of a tick in which slack is told. */
const SLACK_UNITS = 16;

/** The name of the event that every message is, beside its own; no message can have it. */
export const MESSAGE = "\0message";

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
  readonly inputClock: InputClock;
  readonly #history: History;
  readonly #decoder: RoomDecoder;
  /** Frames received, and the bytes in them by what they were. */
  frames = 0;
  readonly bytes = { state: 0, hidden: 0, messages: 0 };
  /** States whose checksum agreed, and did not. */
  checksumsVerified = 0;
  desyncs = 0;
  predictor: Predictor<SchemaTypes> | undefined;
  /** What values are, by the message's name, that the server's messages do not have. */
  zeros: Partial<Record<string, object>> = {};

  /** @param send hands bytes to the socket, false where it takes none */
  constructor(welcome: Welcome, send: (bytes: Uint8Array<ArrayBuffer>) => boolean) {
    this.welcome = welcome;
    this.uplink = new Uplink(welcome.schema.input, send);
    this.clock = new RenderClock(welcome.rate);
    this.inputClock = new InputClock(welcome.rate);
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

  /** What is drawn at a time, or as the newest state has it. There is one by then. */
  moment(now: number, newest = false): Moment {
    return this.#history.at(newest ? 1e10 : this.clock.at(now));
  }

  /**
   * Takes a message of the server.
   *
   * @throws ProtocolError where it breaks the protocol
   */
  receive(bytes: Uint8Array, now: number): void {
    const { body } = parseServerFrame(bytes);
    if (body === undefined) throw new ProtocolError("JOIN-5");
    const frame = parseFrame(body);
    // All of it is looked at before any of it is taken: a frame is bad as a whole.
    const values = frame.messages.map((raw) => decodeMessage(this.schema.messages, raw));
    const outcome = frame.state && this.#decoder.decode(frame.state, frame.hidden);
    this.frames++;
    this.traffic.add(bytes.length, now);
    this.bytes.state += frame.state?.length ?? 0;
    this.bytes.hidden += frame.hidden?.length ?? 0;
    if (frame.ack) this.uplink.acked(frame.ack);
    if (frame.echo) this.uplink.echoed(frame.echo, now);
    if (outcome) this.#state(outcome, frame.ack, now);
    this.#messages(frame.messages, values);
    this.uplink.answer(now, this.#position(now));
  }

  /** Sends what is due at this tick. */
  tick(now: number): void {
    const sent = this.uplink.tick(now, this.#position(now));
    if (sent === undefined) this.inputClock.paused();
    else this.predictor?.sent(sent.seq, sent.values, now);
  }

  /** Tells that the connection ended, and nothing after that. */
  close(info: CloseInfo): void {
    this.events.emit("close", info, this.newest?.tick ?? 0);
    this.events.clear();
  }

  #position(now: number): Position {
    const ack = this.newest?.tick;
    if (ack === undefined) return { ack: 0, view: 0 };
    return { ack, view: clamp(Math.floor(this.clock.at(now)), 0, ack) };
  }

  #state(outcome: Outcome, ack: Ack | undefined, now: number): void {
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
    this.clock.playout.arrived(tick, now);
    const { applied } = this.uplink;
    this.inputClock.confirmed({ tick, applied, slack: ack && ack.slack / SLACK_UNITS });
    this.predictor?.confirmed(outcome.snapshot, applied, now);
    this.events.emit("tick", tick, tick);
  }

  /** Messages come after the state of their tick, so that listeners see what they are about. */
  #messages(messages: readonly RawMessage[], values: readonly MessageValues[]): void {
    const tick = this.newest?.tick ?? 0;
    messages.forEach(({ kind, body }, i) => {
      this.bytes.messages += body.length;
      const { name } = this.schema.messages[kind];
      const value = { ...this.zeros[name], ...values[i] };
      this.events.emit(name, value, tick);
      this.events.emit(MESSAGE, { name, value, tick }, tick);
    });
  }
}
