import {
  type Field,
  type InputField,
  type Kind,
  type MessageKind,
  parseServerFrame,
} from "../../src/descriptor.js";
import { FbTable } from "../../src/fb.js";
import type { Frame } from "../../src/frame.js";
import type { Outcome } from "../../src/state.js";
import { checksum } from "../../src/table.js";
import { readClientFrame, readSaid } from "./clientframe.js";

// What this client reads, written as the golden vectors write it.

const FIELD_TYPES = ["int", "fixed", "angle", "bool"];
const INTERPS = ["none", "linear", "angle"];
const PREDICTS = ["hold", "linear", "heading"];
const MESSAGE_TYPES = ["int", "string"];

/** What stands before the states of a frame; what it has not is null. */
export interface FrameVector {
  readonly ack: number | null;
  readonly slack: number | null;
  readonly echo: number | null;
  readonly held: number | null;
  readonly messages: readonly { readonly kind: number; readonly body: string }[];
}

/** The shared part or a private one, decoded. */
export interface StateVector {
  readonly tick: number;
  readonly full: boolean;
  readonly checked: boolean;
  readonly desync?: boolean;
  readonly checksum?: number;
  readonly tables?: readonly { readonly ids: number[]; readonly words: number[] }[];
}

/** What a frame says; ack is the full number of the newest input applied. */
export function frameAsVector(frame: Frame, ack: number): FrameVector {
  return {
    ack: frame.ack ? ack : null,
    slack: frame.ack?.slack ?? null,
    echo: frame.echo?.echo ?? null,
    held: frame.echo?.held ?? null,
    messages: frame.messages.map(({ kind, body }) => ({
      kind,
      body: Buffer.from(body).toString("base64"),
    })),
  };
}

/**
 * What became of the states of a frame; null for what it has not, and what was dropped. Where a
 * checksum was wrong the client keeps nothing, and so there is little to tell.
 */
export function statesAsVector(
  kinds: readonly Kind[],
  { state, hidden }: Frame,
  outcome: Outcome,
): { state: StateVector | null; private?: StateVector | null } {
  if (!state || outcome.kind === "dropped") return { state: null, private: null };
  if (outcome.kind === "desync") return { state: { ...headAsVector(state), tick: outcome.tick } };
  const part = (bytes: Uint8Array, isPrivate: boolean) => {
    const tables = outcome.snapshot.tables.filter((_, i) => kinds[i].private === isPrivate);
    const rows = tables.map(({ ids, words }) => ({ ids: [...ids], words: [...words] }));
    const { tick } = outcome.snapshot;
    return {
      ...headAsVector(bytes),
      tick,
      desync: false,
      checksum: checksum(tables),
      tables: rows,
    };
  };
  return { state: part(state, false), private: hidden ? part(hidden, true) : null };
}

function headAsVector(state: Uint8Array) {
  return { full: (state[0] & 1) !== 0, checked: (state[0] & 4) !== 0 };
}

/** What a client's frame says. */
export function clientFrameAsVector(message: Uint8Array): object {
  const { input, viewFrac, ...frame } = readClientFrame(message);
  const ack_bits = FbTable.root(message).u32(6);
  const said = readSaid(message) ?? [];
  return { ...frame, words: input ?? [], ack_bits, view_frac: viewFrac, said };
}

/** What a welcome says, by the names and numbers of rondo.fbs. */
export function welcomeAsVector(message: Uint8Array): object {
  const { welcome } = parseServerFrame(message);
  if (welcome === undefined) throw new Error("the message has no welcome");
  const { name, kinds, input, messages } = welcome.schema;
  const table = FbTable.root(message).table(1);
  return {
    protocol: 1,
    schema_hash: welcome.schemaHash,
    room: welcome.room,
    player: welcome.player,
    rate: welcome.rate,
    history: table?.u16(6),
    epoch_us: table?.i64(7),
    schema: {
      name,
      kinds: kinds.map(kindAsVector),
      input: input.map(({ name, min, max, edge }: InputField) => ({ name, min, max, edge })),
      messages: messages.map(messageAsVector),
    },
  };
}

function kindAsVector({ name, x, y, private: hidden, fields }: Kind): object {
  return { name, x, y, private: hidden, fields: fields.map(fieldAsVector) };
}

function fieldAsVector({ type, interp, predict, axis, ...field }: Field): object {
  return {
    ...field,
    type: FIELD_TYPES.indexOf(type),
    interp: INTERPS.indexOf(interp),
    predict: PREDICTS.indexOf(predict),
    axis: axis === "x" ? 0 : 1,
  };
}

function messageAsVector({ name, fields }: MessageKind): object {
  const values = fields.map(({ name, type, maxLen }) => ({
    name,
    type: MESSAGE_TYPES.indexOf(type),
    max_len: maxLen,
  }));
  return { name, fields: values };
}
