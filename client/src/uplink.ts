import { writeClientFrame } from "./clientframe.js";
import type { InputField } from "./descriptor.js";
import { type Ack, type Echo, fullSeq } from "./frame.js";

/** Milliseconds of silence after which a frame is sent for its own sake; the server ends it at 10 s. */
const HEARTBEAT = 5_000;

/** Milliseconds between two measurements of the round trip. */
const ECHO_PERIOD = 1_000;

/** The share of a new round trip in the average. */
const RTT_GAIN = 1 / 8;

/** Reads a player's input: a value a field; undefined for no input at this tick. */
export type InputReader = () => Readonly<Record<string, number>> | undefined;

/** What the server should know of the client at the time. */
export interface Position {
  /** The newest tick decoded. */
  readonly ack: number;
  /** The tick that is drawn. */
  readonly view: number;
}

/** The client's side of the talk: inputs, acknowledgements, echoes, heartbeats. Times are in milliseconds. */
export class Uplink {
  readonly #fields: readonly InputField[];
  readonly #send: (bytes: Uint8Array<ArrayBuffer>) => boolean;
  #read: InputReader | undefined;
  #seq = 0;
  #applied = 0;
  #slack: number | undefined;
  #rtt: number | undefined;
  #resync = false;
  #sentAt = Number.NEGATIVE_INFINITY;
  #echoAt = Number.NEGATIVE_INFINITY;
  #echo = 0;

  /** @param send hands bytes to the socket, false where it takes none */
  constructor(fields: readonly InputField[], send: (bytes: Uint8Array<ArrayBuffer>) => boolean) {
    this.#fields = fields;
    this.#send = send;
  }

  /** Inputs that the server has applied, by their number. */
  get applied(): number {
    return this.#applied;
  }

  /** Ticks that the newest applied input waited for its turn; undefined until one was. */
  get slack(): number | undefined {
    return this.#slack;
  }

  /** Milliseconds there and back, averaged; undefined until measured. */
  get rtt(): number | undefined {
    return this.#rtt;
  }

  /** Sets where inputs come from. */
  reads(read: InputReader | undefined): void {
    this.#read = read;
  }

  /** Asks for a full state with the next frame. */
  resync(): void {
    this.#resync = true;
  }

  /** Sends this tick's input, if there is one. */
  tick(now: number, position: Position): void {
    const values = this.#values();
    if (values) this.#post(now, position, values);
    else this.answer(now, position);
  }

  /**
   * Sends what does not wait for an input: a resync, or a heartbeat where all
   * was silent. Called as frames come in, since a browser holds back the timers
   * of a hidden tab, but not its messages.
   */
  answer(now: number, position: Position): void {
    if (this.#resync || now - this.#sentAt >= HEARTBEAT) this.#post(now, position, undefined);
  }

  /** Notes which input the server applied. */
  acked(ack: Ack): void {
    this.#applied = fullSeq(this.#applied, ack.low);
    this.#slack = ack.slack / 16;
  }

  /** Notes an echo that came back. */
  echoed({ echo, held }: Echo, now: number): void {
    if (echo !== this.#echo) return;
    const rtt = Math.max(0, ((stamp(now) - echo) >>> 0) - held) / 1000;
    this.#rtt = this.#rtt === undefined ? rtt : this.#rtt + (rtt - this.#rtt) * RTT_GAIN;
  }

  #post(now: number, position: Position, values: readonly number[] | undefined): void {
    const input = values && { seq: this.#seq + 1, values };
    const echo = now - this.#echoAt < ECHO_PERIOD ? 0 : stamp(now);
    const frame = { ...position, input, echo, resync: this.#resync };
    if (!this.#send(writeClientFrame(frame))) return;
    this.#sentAt = now;
    this.#resync = false;
    if (input) this.#seq = input.seq;
    if (echo === 0) return;
    this.#echo = echo;
    this.#echoAt = now;
  }

  /** The input's values in the schema's order, brought within their bounds. */
  #values(): number[] | undefined {
    const input = this.#read?.();
    return input && this.#fields.map((field) => bounded(field, input[field.name]));
  }
}

function bounded({ min, max }: InputField, value: number | undefined): number {
  const whole = Math.round(value ?? 0) || 0; // NaN too
  return Math.max(min, Math.min(whole, max));
}

/** A time in microseconds as 32 bits, never 0. */
function stamp(now: number): number {
  return Math.round(now * 1000) >>> 0 || 1;
}
