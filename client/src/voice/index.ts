import type { MessageField, MessageKind } from "../descriptor.js";
import type { MessageName, Room, SchemaTypes } from "../index.js";

/** Messages that may wait for frames to take them along. */
const MOST = 8;

/** Milliseconds between two messages: the server drops what comes faster in the long run (INPUT-10). */
const PERIOD = 500;

/** The values of a message as a player says it. */
export type Sayable<S extends SchemaTypes, N extends MessageName<S>> = N extends keyof S["messages"]
  ? Readonly<S["messages"][N]>
  : never;

const utf8 = new TextEncoder();

/** Speaks to the game of a room; a room has one voice, the newest. */
export class Voice<S extends SchemaTypes> {
  readonly #room: Room<S>;
  readonly #waiting: Uint8Array[] = [];
  #due = Number.NEGATIVE_INFINITY;

  constructor(room: Room<S>) {
    this.#room = room;
    room.speak({
      next: (now) => (now < this.#due ? undefined : this.#waiting[0]),
      sent: (now) => {
        this.#waiting.shift();
        this.#due = now + PERIOD;
      },
    });
  }

  /**
   * Says something to the game, which hears it soon and in order: any message of the schema, of which
   * the game knows which ones mean something. Returns false where it will not go: the room is closed,
   * its schema has no such message, or eight wait already; two a second go. One that is on its way
   * when the connection is cut may be lost.
   */
  say<N extends MessageName<S>>(name: N, values: Sayable<S, N>): boolean {
    if (this.#room.closed || this.#waiting.length === MOST) return false;
    const said = encodeSaid(this.#room.schema.messages, name, values as Values);
    if (said) this.#waiting.push(said);
    return said !== undefined;
  }
}

type Values = Readonly<Record<string, number | string>>;

/**
 * Codes a message to the game as `ClientFrame.said` has it (INPUT-10): numbers are made whole, strings
 * cut to what the schema allows, and a value that is not given is 0 or empty. Undefined where the
 * schema has no such message.
 */
export function encodeSaid(
  kinds: readonly MessageKind[],
  name: string,
  values: Values,
): Uint8Array | undefined {
  const kind = kinds.findIndex((kind) => kind.name === name);
  if (kind < 0) return undefined;
  const body = kinds[kind].fields.flatMap((field) => encodeValue(field, values[field.name]));
  return Uint8Array.from([...uvarint(kind), ...uvarint(body.length), ...body]);
}

function encodeValue(field: MessageField, value: number | string | undefined): number[] {
  if (field.type !== "string") {
    const whole = Math.round(Number(value ?? 0)) | 0;
    return uvarint(((whole << 1) ^ (whole >> 31)) >>> 0);
  }
  const bytes = new Uint8Array(field.maxLen);
  const { written } = utf8.encodeInto(`${value ?? ""}`, bytes); // whole characters alone
  return [...uvarint(written), ...bytes.subarray(0, written)];
}

function uvarint(value: number): number[] {
  const bytes = [];
  for (; value >= 0x80; value = Math.floor(value / 0x80)) bytes.push((value & 0x7f) | 0x80);
  bytes.push(value);
  return bytes;
}
