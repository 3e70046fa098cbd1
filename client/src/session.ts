import { clamp } from "./clamp.js";
import { RenderClock } from "./clock.js";
import type { SocketLike } from "./connection.js";
import { type Descriptor, parseServerFrame, type Welcome } from "./descriptor.js";
import { Emitter } from "./emitter.js";
import { ProtocolError } from "./errors.js";
import { type Ack, parseFrame, type RawMessage } from "./frame.js";
import { History, type Moment } from "./history.js";
import { InputClock } from "./inputclock.js";
import { decodeMessage, type MessageValues } from "./message.js";
import type { Predictor } from "./predictor.js";
import { SLACK_UNITS, VIEW_UNITS } from "./protocol.js";
import { RoomDecoder } from "./roomdecoder.js";
import type { SchemaTypes } from "./schema.js";
import type { Outcome } from "./state.js";
import type { Snapshot } from "./table.js";
import { type Position, Uplink } from "./uplink.js";
import type { CloseInfo } from "./verdict.js";

/** What a client does: `resuming` is the time from a cut to the next Welcome. */
export type ConnectionState = "playing" | "resuming" | "closed";

/** A message as it is told; the tick is the newest when it came. */
interface Told {
  readonly name: string;
  readonly value: object;
  readonly tick: number;
}

/** The name of the event that every message is, beside its own; no message can have it. */
export const MESSAGE = "\0message";

/**
 * What a client knows of its room from the Welcome on, on all connections together: takes the
 * server's frames apart and keeps the state that they lead to. Times are in milliseconds.
 */
export class Session {
  readonly welcome: Welcome;
  readonly uplink: Uplink;
  readonly events = new Emitter();
  readonly clock: RenderClock;
  readonly inputClock: InputClock;
  readonly #history: History;
  readonly #decoder: RoomDecoder;
  /** Messages that came before there was anybody to hear of them; undefined once there is. */
  #early: Told[] | undefined = [];
  connection: ConnectionState = "playing";
  /** The tick of the newest state, 0 where there is none or its checksum differed. */
  held = 0;
  /** Messages that came since the player joined. */
  heard: number;
  /** Frames received, and the bytes in them by what they were. */
  frames = 0;
  readonly bytes = { state: 0, hidden: 0, messages: 0 };
  /** States whose checksum agreed, and did not. */
  checksumsVerified = 0;
  desyncs = 0;
  predictor: Predictor<SchemaTypes> | undefined;
  /** What values are, by the message's name, that the server's messages do not have. */
  zeros: Partial<Record<string, object>> | undefined;

  constructor(welcome: Welcome, line: SocketLike) {
    this.welcome = welcome;
    this.heard = welcome.heard;
    this.uplink = new Uplink(welcome.schema.input, line, welcome.seq);
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
    this.heard += values.length;
    this.frames++;
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

  /** There is somebody to hear of messages: tells those that have come. */
  start(): void {
    const early = this.#early;
    this.#early = undefined;
    for (const told of early ?? []) this.#message(told);
  }

  /** Tells that the connection was cut, and keeps what goes on by another one. */
  cut(info: CloseInfo): void {
    this.uplink.cut();
    this.inputClock.paused();
    this.connection = "resuming";
    this.#tell("resuming", info);
  }

  /**
   * Goes on by another connection.
   *
   * @throws ProtocolError where its Welcome is to another seat, or the next message is not the next (RESUME-8)
   */
  resume({ player, heard, seq }: Welcome, line: SocketLike): void {
    if (player !== this.welcome.player || heard !== this.heard) throw new ProtocolError("RESUME-5");
    this.uplink.resume(line, seq);
    this.connection = "playing";
    this.#tell("resumed", this.newest?.tick ?? 0);
  }

  /** Tells that the session ended, and nothing after that. */
  close(info: CloseInfo): void {
    this.uplink.cut();
    this.connection = "closed";
    this.#tell("close", info);
    this.events.clear();
  }

  #tell(event: string, value: unknown): void {
    this.events.emit(event, value, this.newest?.tick ?? 0);
  }

  /** What the player sees lies between two states, or at the newest (INPUT-9). */
  #position(now: number): Position {
    const ack = this.newest?.tick ?? 0;
    const seen = ack && clamp(this.clock.at(now), 0, ack);
    const view = Math.floor(seen);
    return { ack, view, viewFrac: Math.floor((seen - view) * VIEW_UNITS) };
  }

  #state(outcome: Outcome, ack: Ack | undefined, now: number): void {
    if (outcome.kind === "dropped") return;
    if (outcome.kind === "desync") {
      this.held = 0;
      this.desyncs++;
      this.uplink.resync = true;
      this.#tell("desync", outcome.tick);
      return;
    }
    if (outcome.verified) this.checksumsVerified++;
    const { tick } = outcome.snapshot;
    this.held = tick;
    if (this.#history.push(outcome.snapshot)) this.clock.reset();
    this.clock.playout.arrived(tick, now);
    const { applied } = this.uplink;
    this.inputClock.confirmed({ tick, applied, slack: ack && ack.slack / SLACK_UNITS });
    this.predictor?.confirmed(outcome.snapshot, applied, now);
    this.#tell("tick", tick);
  }

  /** Messages come after the state of their tick, so that listeners see what they are about. */
  #messages(messages: readonly RawMessage[], values: readonly MessageValues[]): void {
    const tick = this.newest?.tick ?? 0;
    messages.forEach(({ kind, body }, i) => {
      this.bytes.messages += body.length;
      const { name } = this.schema.messages[kind];
      const value = { ...this.zeros?.[name], ...values[i] };
      const told = { name, value, tick };
      if (this.#early) this.#early.push(told);
      else this.#message(told);
    });
  }

  #message(told: Told): void {
    this.#tell(told.name, told.value);
    this.#tell(MESSAGE, told);
  }
}
