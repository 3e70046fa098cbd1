import { clamp } from "./clamp.js";
import { writeClientFrame } from "./clientframe.js";
import type { InputField } from "./descriptor.js";
import { type Ack, type Echo, fullSeq } from "./frame.js";
import { RoundTrip } from "./roundtrip.js";

/** Milliseconds of silence after which a frame is sent for its own sake; the server ends it at 10 s. */
const HEARTBEAT = 5_000;

/** Milliseconds between two measurements of the round trip. */
const ECHO_PERIOD = 1_000;

/** Below any value of an input. */
const UNPRESSED = Number.NEGATIVE_INFINITY;

/** Reads a player's input: a value a field; undefined for no input at this tick. */
export type InputReader = () => Readonly<Record<string, number>> | undefined;

/** What the server should know of the client at the time. */
export interface Position {
  /** The newest tick decoded. */
  readonly ack: number;
  /** The tick that is drawn. */
  readonly view: number;
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

/** The client's side of the talk: inputs, acknowledgements, echoes, heartbeats. Times are in milliseconds. */
export class Uplink {
  readonly #fields: readonly InputField[];
  readonly #send: (bytes: Uint8Array<ArrayBuffer>) => boolean;
  readonly roundTrip = new RoundTrip();
  speaker: Speaker | undefined;
  #read: InputReader | undefined;
  /** One-shot buttons that no frame has taken along yet. */
  readonly #pressed: number[];
  #seq = 0;
  #applied = 0;
  #resync = false;
  #sentAt = Number.NEGATIVE_INFINITY;
  #echoAt = Number.NEGATIVE_INFINITY;
  #echo = 0;

  /** @param send hands bytes to the socket, false where it takes none */
  constructor(fields: readonly InputField[], send: (bytes: Uint8Array<ArrayBuffer>) => boolean) {
    this.#fields = fields;
    this.#send = send;
    this.#pressed = fields.map(() => UNPRESSED);
  }

  /** Inputs that the server has applied, by their number. */
  get applied(): number {
    return this.#applied;
  }

  /** Sets where inputs come from. */
  reads(read: InputReader | undefined): void {
    this.#read = read;
  }

  /** Asks for a full state with the next frame. */
  resync(): void {
    this.#resync = true;
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
    if (this.#resync || this.speaker?.next(now) || now - this.#sentAt >= HEARTBEAT) {
      this.#post(now, position, undefined);
    }
  }

  /** Notes which input the server applied. */
  acked({ low }: Ack): void {
    this.#applied = fullSeq(this.#applied, low);
  }

  /** Notes an echo that came back. */
  echoed({ echo, held }: Echo, now: number): void {
    if (echo !== this.#echo) return;
    this.roundTrip.add(Math.max(0, ((stamp(now) - echo) >>> 0) - held) / 1000, now);
  }

  #post(now: number, position: Position, values: readonly number[] | undefined): boolean {
    const input = values && { seq: this.#seq + 1, values };
    const echo = now - this.#echoAt < ECHO_PERIOD ? 0 : stamp(now);
    const said = this.speaker?.next(now);
    const frame = { ...position, input, echo, resync: this.#resync, said };
    if (!this.#send(writeClientFrame(frame))) return false;
    this.#sentAt = now;
    this.#resync = false;
    if (said) this.speaker?.sent(now);
    if (input) {
      this.#seq = input.seq;
      this.#pressed.fill(UNPRESSED);
    }
    if (echo !== 0) {
      this.#echo = echo;
      this.#echoAt = now;
    }
    return true;
  }

  /**
   * The input's values in the schema's order, brought within their bounds; of a one-shot button the
   * largest since the last frame that went.
   */
  #values(): number[] | undefined {
    const input = this.#read?.();
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
