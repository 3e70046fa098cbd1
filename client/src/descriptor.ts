import { ProtocolError } from "./errors.js";
import { FbTable } from "./fb.js";

/** The version of PROTOCOL.md that this package speaks. */
export const PROTOCOL = 1;

// SCHEMA-1. Field.x and Field.y count from 0, so a kind has at most 64 of them.
const MAX_KINDS = 32;
const MAX_FIELDS = 64;
const MAX_INPUT_FIELDS = 8;
const MAX_MESSAGES = 64;
const MAX_MESSAGE_FIELDS = 64;
const MAX_RATE = 240;

const FIELD_TYPES = ["int", "fixed", "angle", "bool"] as const;
const INTERPS = ["none", "linear", "angle"] as const;
/** The ways to guess a field, by their numbers (PREDICT-1). */
export const PREDICTS = ["hold", "linear", "heading"] as const;
const AXES = ["x", "y"] as const;
const MAX_SPEED = 2 ** 24;
const MESSAGE_TYPES = ["int", "string"] as const;

/** What a field's words stand for (SCHEMA-2). */
export type FieldType = (typeof FIELD_TYPES)[number];

/** How a field is drawn between two snapshots (SCHEMA-3). */
export type Interp = (typeof INTERPS)[number];

/** How a field's next word is guessed (SCHEMA-4). */
export type Predict = (typeof PREDICTS)[number];

/** A column of a kind. */
export interface Field {
  readonly name: string;
  readonly type: FieldType;
  /** The width of its words, 1 to 32. */
  readonly bits: number;
  /** In millionths. */
  readonly min: number;
  /** In millionths. */
  readonly step: number;
  readonly interp: Interp;
  /** A change of more words than this is a jump; 0 for no limit. */
  readonly snap: number;
  readonly predict: Predict;
  /** The column of the angle that the field follows, where it is guessed by a heading. */
  readonly heading: number;
  /** Whether it takes the cosine of that angle or the sine. */
  readonly axis: (typeof AXES)[number];
  /** How far it goes in a tick, in 1/256 word. */
  readonly speed: number;
}

/** A kind of entity. */
export interface Kind {
  readonly name: string;
  readonly fields: readonly Field[];
  /** The columns of the position, -1 for none. */
  readonly x: number;
  readonly y: number;
  /** Whether each of its rows is for one player or one team alone (PRIVATE). */
  readonly private: boolean;
}

/** One value of an input. */
export interface InputField {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Whether it is a one-shot button. */
  readonly edge: boolean;
}

/** A kind of message. */
export interface MessageKind {
  readonly name: string;
  readonly fields: readonly MessageField[];
}

/** One value of a message. */
export interface MessageField {
  readonly name: string;
  readonly type: (typeof MESSAGE_TYPES)[number];
  /** Of a string, in bytes. */
  readonly maxLen: number;
}

/** A game's schema as the server describes it: everything after the Welcome is decoded by it. */
export interface Descriptor {
  readonly name: string;
  readonly kinds: readonly Kind[];
  readonly input: readonly InputField[];
  readonly messages: readonly MessageKind[];
}

/** The server's first words on a connection. */
export interface Welcome {
  /** 16 hex digits. */
  readonly schemaHash: string;
  readonly schema: Descriptor;
  readonly room: string;
  /** The number of this client's player in the room, from 1; 0 for a spectator. */
  readonly player: number;
  /** Ticks a second, 1 to 240. */
  readonly rate: number;
  /** Ticks back that the server remembers. */
  readonly history: number;
  /** Wall time of tick 0 by the server's clock, in microseconds since 1970. */
  readonly epochMicros: number;
}

/** A message of the server: the first has a welcome, all others a body (JOIN-5). */
export type ServerFrame =
  | { readonly welcome: Welcome; readonly body?: undefined }
  | { readonly body: Uint8Array; readonly welcome?: undefined };

/**
 * Parses a message of the server.
 *
 * @throws ProtocolError where it is not a ServerFrame or its schema breaks a limit
 */
export function parseServerFrame(bytes: Uint8Array): ServerFrame {
  const frame = FbTable.root(bytes);
  const welcome = frame.table(1);
  const body = frame.bytes(0);
  if (welcome && body === undefined) return { welcome: parseWelcome(welcome) };
  if (body && welcome === undefined) return { body };
  throw new ProtocolError("JOIN-5");
}

function parseWelcome(t: FbTable): Welcome {
  const protocol = t.u16(0);
  if (protocol !== PROTOCOL) {
    throw new ProtocolError(`version ${protocol}`);
  }
  const schema = t.table(2);
  if (schema === undefined) throw new ProtocolError("SCHEMA-1");
  const rate = t.u16(5);
  if (rate < 1 || rate > MAX_RATE) {
    throw new ProtocolError("JOIN-5");
  }
  return {
    schemaHash: t.u64(1).toString(16).padStart(16, "0"),
    schema: parseSchema(schema),
    room: t.string(3),
    player: t.u32(4),
    rate,
    history: t.u16(6),
    epochMicros: t.i64(7),
  };
}

function parseSchema(t: FbTable): Descriptor {
  return {
    name: t.string(0),
    kinds: parseKinds(t.tables(1, MAX_KINDS)),
    input: t.tables(2, MAX_INPUT_FIELDS).map(parseInputField),
    messages: t.tables(3, MAX_MESSAGES).map(parseMessage),
  };
}

function parseKinds(tables: readonly FbTable[]): Kind[] {
  if (tables.length === 0) throw new ProtocolError("SCHEMA-1");
  const kinds = tables.map(parseKind);
  if (kinds.every((kind) => kind.private)) throw new ProtocolError("SCHEMA-1");
  return kinds;
}

function parseKind(t: FbTable): Kind {
  const kind = {
    name: t.string(0),
    fields: t.tables(1, MAX_FIELDS).map(parseField),
    x: t.i16(2, -1),
    y: t.i16(3, -1),
    private: t.bool(4),
  };
  const columns = kind.fields.length;
  if (columns === 0) throw new ProtocolError(`SCHEMA-1, ${kind.name}`);
  for (const column of [kind.x, kind.y]) {
    if (column < -1 || column >= columns) {
      throw new ProtocolError(`SCHEMA-2, ${kind.name}`);
    }
  }
  kind.fields.forEach((field) => {
    checkHeading(field, kind.fields);
  });
  return kind;
}

/** Refuses a field that follows something other than an angle (SCHEMA-4). */
function checkHeading({ name, predict, heading }: Field, fields: readonly Field[]): void {
  if (predict !== "heading") return;
  const angle = fields[heading];
  if (angle?.type !== "angle" || angle.predict === "heading") {
    throw new ProtocolError(`SCHEMA-4, ${name}`);
  }
}

function parseField(t: FbTable): Field {
  const name = t.string(0);
  const bits = t.u8(2);
  if (bits < 1 || bits > 32) throw new ProtocolError(`SCHEMA-2, ${name}`);
  return {
    name,
    type: oneOf(FIELD_TYPES, t.u8(1), name),
    bits,
    min: t.i64(3),
    step: t.i64(4),
    interp: oneOf(INTERPS, t.u8(5), name),
    snap: t.u32(6),
    ...parsePredict(t, name),
  };
}

/** How a field is guessed; what only headings have is nothing for the others. */
function parsePredict(t: FbTable, name: string) {
  const predict = oneOf(PREDICTS, t.u8(7), name);
  if (predict !== "heading") return { predict, heading: 0, axis: AXES[0], speed: 0 };
  const speed = t.i32(10);
  if (Math.abs(speed) > MAX_SPEED) throw new ProtocolError(`SCHEMA-4, ${name}`);
  return { predict, heading: t.u8(8), axis: oneOf(AXES, t.u8(9), name), speed };
}

function parseInputField(t: FbTable): InputField {
  const field = { name: t.string(0), min: t.i32(1), max: t.i32(2), edge: t.bool(3) };
  if (field.min > field.max) throw new ProtocolError(`SCHEMA-5, ${field.name}`);
  return field;
}

function parseMessage(t: FbTable): MessageKind {
  return { name: t.string(0), fields: t.tables(1, MAX_MESSAGE_FIELDS).map(parseMessageField) };
}

function parseMessageField(t: FbTable): MessageField {
  const name = t.string(0);
  return { name, type: oneOf(MESSAGE_TYPES, t.u8(1), name), maxLen: t.u16(2) };
}

function oneOf<T>(all: readonly T[], number: number, name: string): T {
  if (number >= all.length) throw new ProtocolError(`SCHEMA, ${name}`);
  return all[number];
}
