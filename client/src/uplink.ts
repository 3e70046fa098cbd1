import { clamp } from "./clamp.js";
import { type ClientFrame, writeClientFrame } from "./clientframe.js";
import { isBusy, type SocketLike } from "./connection.js";
import type { InputField } from "./descriptor.js";
import { type Ack, type Echo, fullSeq } from "./frame.js";
import { ECHO_PERIOD, HEARTBEAT } from "./knobs.js";
import { ACK_REACH, MAX_KEPT } from "./protocol.js";
import { RoundTrip } from "./roundtrip.js";

/** Below any value of an input. */
const UNPRESSED = -Infinity;

/** Reads a player's input: a value a field; undefined for no input at this tick. */
export type InputReader = () => Readonly<Record<string, number>> | undefined;

/** What the server should know of the client at the time. */
export interface Position {
  /** The newest tick decoded. */
  readonly ack: number;
  /** The tick that is drawn. */
  readonly view: number;
  /** How far beyond it what is drawn lies, in 1/256 tick. */
  readonly viewFrac: number;
}

/** An input that was due. */
export interface Sent {
  /** Its number; 0 where it was not sent. */
  readonly seq: number;
  readonly values: readonly number[];
}

/** Has what the player says to the game, coded; `Voice` of `@rondo/client/voice` is one. */
export interface Speaker {
  /** The message that a frame may take along at a time in milliseconds; undefined for none. */
  next(now: number): Uint8Array | undefined;
  /** Notes that a frame took it along. */
  sent(now: number): void;
}

/**
 * The client's side of the talk: inputs, acknowledgements, echoes, heartbeats. Times are in
 * milliseconds. Inputs that the server may not have are kept, those without a line too.
 */
export class Uplink {
  readonly #fields: readonly InputField[];
  readonly roundTrip = new RoundTrip();
  /** Where inputs come from. */
  read: InputReader | undefined;
  /** Where messages to the game come from. */
  speaker: Speaker | undefined;
  /** The newest input that the server has applied, by its number. */
  applied: number;
  /** Whether the next frame asks for a full state. */
  resync = false;
  #line: SocketLike | undefined;
  /** One-shot buttons that no input has taken along yet. */
  readonly #pressed: number[];
  #kept: ClientFrame[] = [];
  #seq: number;
  #sentAt = -Infinity;
  #echoAt = -Infinity;

  /** @param seq the newest input that the server has */
  constructor(fields: readonly InputField[], line: SocketLike, seq: number) {
    this.#fields = fields;
    this.#line = line;
    this.#seq = seq;
    this.applied = Math.max(seq - ACK_REACH, 0);
    this.#pressed = fields.map(() => UNPRESSED);
  }

  /** Takes the line away: what is to go waits for another one. */
  cut(): void {
    this.#line = undefined;
  }

  /**
   * Goes on by another line, and first of all sends again what its server does not have.
   *
   * @param seq the newest input that the server has
   */
  resume(line: SocketLike, seq: number): void {
    this.#line = line;
    this.#seq = Math.max(this.#seq, seq);
    this.#drop(seq);
    for (const frame of this.#kept) line.send(writeClientFrame({ ...frame, echo: 0 }));
  }

  /**
   * Sends this tick's input and returns it; undefined where there is none. Its seq is 0 where the
   * socket took none: then it is dropped, since the next one is newer, but for its one-shot buttons.
   */
  tick(now: number, position: Position): Sent | undefined {
    const values = this.#values();
    if (values === undefined) {
      this.answer(now, position);
      return undefined;
    }
    const seq = this.#post(now, position, values) ? this.#seq : 0;
    return { seq, values };
  }

  /**
   * Sends what does not wait for an input: a resync, what the player says, or a heartbeat
   * where all was silent. Called as frames come in, since a browser holds back the timers
   * of a hidden tab, but not its messages.
   */
  answer(now: number, position: Position): void {
    if (this.resync || this.speaker?.next(now) || now - this.#sentAt >= HEARTBEAT) {
      this.#post(now, position, undefined);
    }
  }

  /** Notes which input the server applied. */
  acked({ low }: Ack): void {
    this.applied = fullSeq(this.applied, low);
    this.#drop(this.applied);
  }

  /** Notes an echo that came back. */
  echoed({ echo, held }: Echo, now: number): void {
    if (echo !== stamp(this.#echoAt)) return;
    this.roundTrip.add(Math.max(0, ((stamp(now) - echo) >>> 0) - held) / 1000, now);
  }

  /** Makes a frame and sends it where there is a line. False where that is busy: then it never was. */
  #post(now: number, position: Position, values: readonly number[] | undefined): boolean {
    const line = this.#line;
    if (line && isBusy(line)) return false;
    const echo = now - this.#echoAt < ECHO_PERIOD ? 0 : stamp(now);
    const input = values && { seq: ++this.#seq, values };
    const frame = { ...position, input, echo, resync: this.resync };
    if (input) {
      this.#kept = [...this.#kept, frame].slice(-MAX_KEPT);
      this.#pressed.fill(UNPRESSED);
    }
    if (line === undefined) return true;
    const said = this.speaker?.next(now);
    line.send(writeClientFrame({ ...frame, said }));
    if (said) this.speaker?.sent(now);
    this.#sentAt = now;
    this.resync = false;
    if (echo !== 0) this.#echoAt = now;
    return true;
  }

  /** Lets go of the inputs up to a number. */
  #drop(seq: number): void {
    this.#kept = this.#kept.filter(({ input }) => input && input.seq > seq);
  }

  /**
   * The input's values in the schema's order, brought within their bounds; of a one-shot button the
   * largest since the last frame that went.
   */
  #values(): number[] | undefined {
    const input = this.read?.();
    return (
      input &&
      this.#fields.map((field, i) => {
        const value = boundedInput(field, input);
        if (!field.edge) return value;
        this.#pressed[i] = Math.max(this.#pressed[i], value);
        return this.#pressed[i];
      })
    );
  }
}

/** The value of a field in an input: a whole number within its bounds. */
export function boundedInput(
  { name, min, max }: InputField,
  input: Readonly<Record<string, number>>,
): number {
  const whole = Math.round(input[name] ?? 0) || 0; // NaN too
  return clamp(whole, min, max);
}

/** A time in microseconds as 32 bits, never 0. */
function stamp(now: number): number {
  return Math.round(now * 1000) >>> 0 || 1;
}
