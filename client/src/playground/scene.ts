import type { Kind } from "../index.js";
import type { Row } from "./filter.js";
import type { AnyRoom } from "./seat.js";

/** The entities of a kind as they are drawn now. */
export interface Crowd {
  readonly kind: Kind;
  /** The kind's place in the schema. */
  readonly index: number;
  readonly rows: readonly Row[];
}

/** Reads every entity of a room, for a moment that several panels show. */
export function readScene(room: AnyRoom): readonly Crowd[] {
  return room.schema.kinds.map((kind, index) => {
    const rows: Row[] = [];
    for (const entity of room.view(kind.name)) rows.push(copy(kind, entity as Row));
    return { kind, index, rows };
  });
}

/** A loop over a view has one cursor for all: what is kept is copied. */
function copy(kind: Kind, entity: Row): Row {
  const row: Record<string, Row[string]> = {};
  for (const { name } of kind.fields) row[name] = entity[name];
  return { ...row, id: entity.id };
}
