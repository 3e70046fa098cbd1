import type { Descriptor, Field, InputField, Kind, MessageKind } from "../../src/descriptor.js";
import { type FbFields, writeFlatBuffer } from "./flatbuffer.js";

const FIELD_TYPES = ["int", "fixed", "angle", "bool"];
const INTERPS = ["none", "linear", "angle"];
const PREDICTS = ["hold", "linear", "heading"];

/** What a test's server says of itself; the rest is made up. */
export interface Hello {
  readonly schema: Descriptor;
  readonly protocol?: number;
  readonly rate?: number;
  readonly player?: number;
  /** The secret's bytes; without them nothing is resumed. */
  readonly resume?: Uint8Array;
  /** Milliseconds for which the seat is kept. */
  readonly grace?: number;
  readonly seq?: number;
  readonly heard?: number;
}

/** The first message of a server. */
export function welcomeMessage(hello: Hello): Uint8Array {
  const { schema, protocol = 1, rate = 20, player = 7 } = hello;
  const { resume, grace = 30_000, seq = 0, heard = 0 } = hello;
  const welcome: FbFields = [
    { u16: protocol },
    { u64: 0x0123456789abcdefn },
    { table: schemaTable(schema) },
    { text: "room-1" },
    { u32: player },
    { u16: rate },
    { u16: 40 },
    { u64: 1_700_000_000_000_000n },
    ...(resume ? [{ bytes: resume }, { u32: grace }, { u32: seq }, { u32: heard }] : []),
  ];
  return writeFlatBuffer([undefined, { table: welcome }]);
}

/** Any other message of a server. */
export function bodyMessage(body: Uint8Array): Uint8Array {
  return writeFlatBuffer([{ bytes: body }]);
}

function schemaTable(schema: Descriptor): FbFields {
  return [
    { text: schema.name },
    { tables: schema.kinds.map(kindTable) },
    { tables: schema.input.map(inputTable) },
    { tables: schema.messages.map(messageTable) },
  ];
}

function kindTable({ name, fields, x, y }: Kind): FbFields {
  const column = (i: number) => (i < 0 ? undefined : { u16: i });
  return [{ text: name }, { tables: fields.map(fieldTable) }, column(x), column(y)];
}

function fieldTable(field: Field): FbFields {
  return [
    { text: field.name },
    { u8: FIELD_TYPES.indexOf(field.type) },
    { u8: field.bits },
    { u64: BigInt.asUintN(64, BigInt(field.min)) },
    { u64: BigInt(field.step) },
    { u8: INTERPS.indexOf(field.interp) },
    { u32: field.snap },
    { u8: PREDICTS.indexOf(field.predict) },
    { u8: field.heading },
    { u8: field.axis === "x" ? 0 : 1 },
    { u32: field.speed >>> 0 },
  ];
}

function inputTable({ name, min, max, edge }: InputField): FbFields {
  return [{ text: name }, { u32: min >>> 0 }, { u32: max >>> 0 }, { u8: edge ? 1 : 0 }];
}

function messageTable({ name, fields }: MessageKind): FbFields {
  const values = fields.map(
    (field): FbFields => [
      { text: field.name },
      { u8: field.type === "string" ? 1 : 0 },
      { u16: field.maxLen },
    ],
  );
  return [{ text: name }, { tables: values }];
}
