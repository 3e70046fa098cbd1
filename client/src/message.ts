import { ByteReader, utf8 } from "./bytes.js";
import type { MessageKind } from "./descriptor.js";
import { ProtocolError } from "./errors.js";
import type { RawMessage } from "./frame.js";

/** A message's values by field name. */
export type MessageValues = Record<string, number | string>;

/**
 * Decodes the values of a message. Bytes beyond the fields are ignored (FRAME-2).
 *
 * @throws ProtocolError where the kind is not in the schema or a value is cut off or too long
 */
export function decodeMessage(kinds: readonly MessageKind[], raw: RawMessage): MessageValues {
  const kind = kinds[raw.kind];
  if (kind === undefined) throw new ProtocolError("FRAME-2");
  const input = new ByteReader(raw.body);
  const values: MessageValues = {};
  for (const field of kind.fields) {
    values[field.name] = field.type === "string" ? readString(input, field.maxLen) : input.zigzag();
  }
  return values;
}

function readString(input: ByteReader, maxLen: number): string {
  const length = input.uvarint();
  if (length > maxLen) {
    throw new ProtocolError("FRAME-2");
  }
  return utf8.decode(input.take(length));
}
