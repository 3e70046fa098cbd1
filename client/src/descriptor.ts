import { ProtocolError } from "./errors.js";
import { FbTable } from "./fb.js";
import {
  MAX_FIELDS,
  MAX_INPUT_FIELDS,
  MAX_KINDS,
  MAX_MESSAGE_FIELDS,
  MAX_MESSAGES,
  MAX_RATE,
  MAX_SPEED,
  PROTOCOL,
  SECRET,
} from "./protocol.js";

const FIELD_TYPES = ["int", "fixed", "angle", "bool"] as const;
const INTERPS = ["none", "linear", "angle"] as const;
/** The ways to guess a field, by their numbers (PREDICT-1). */
export const PREDICTS = ["hold", "linear", "heading"] as const;
const AXES = ["x", "y"] as const;
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
  /** What takes the seat again after a cut, in base64url; undefined where nothing does (RESUME-1). */
  readonly secret: string | undefined;
  /** Milliseconds for which the seat is kept after a cut. */
  readonly grace: number;
  /** The newest input that the server has of this player. */
  readonly seq: number;
  /** How many of the player's messages came before those of this connection. */
  readonly heard: number;
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
    secret: parseSecret(t.bytes(8)),
    grace: t.u32(9),
    seq: t.u32(10),
    heard: t.u32(11),
  };
}

/** A secret as it is shown to the server: in base64url, without padding (RESUME-3). */
function parseSecret(bytes: Uint8Array | undefined): string | undefined {
  if (bytes && bytes.length !== SECRET) throw new ProtocolError("RESUME-1");
  return (
    bytes &&
    btoa(String.fromCharCode(...bytes))
      .replace(/[+/]/g, (digit) => (digit === "+" ? "-" : "_"))
      .slice(0, -1)
  );
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
  const kinds = tables.map(parseKind);
  if (kinds.every((kind) => kind.private)) throw new ProtocolError("SCHEMA-1");
  return kinds;
}

function parseKind(t: FbTable): Kind {
  const kind = {
    name: t.string(0),
    fields: t.tables(1, MAX_FIELDS).map(parseField),
    x: t.place(2),
    y: t.place(3),
    private: t.bool(4),
  };
  const columns = kind.fields.length;
  if (columns === 0) throw new ProtocolError(`SCHEMA-1, ${kind.name}`);
  if (Math.min(kind.x, kind.y) < -1 || Math.max(kind.x, kind.y) >= columns) {
    throw new ProtocolError(`SCHEMA-2, ${kind.name}`);
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
