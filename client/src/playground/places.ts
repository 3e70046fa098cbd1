import type { Kind } from "../index.js";
import { type Pick, rowsOf } from "./entity.js";
import { isPlaced } from "./fields.js";
import type { Row } from "./filter.js";
import { type Box, union } from "./layout.js";
import type { Crowd } from "./scene.js";

/** A place in the game's own units. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Where an entity of a kind is; 0 on an axis that the kind does not have. */
export function placeOf({ fields, x, y }: Kind, row: Row): Place {
  const at = (column: number) => (column < 0 ? 0 : Number(row[fields[column].name]));
  return { x: at(x), y: at(y) };
}

/** Where the picked entity is; undefined where it is not there, or nowhere. */
export function placeOfPick(scene: readonly Crowd[], pick: Pick | undefined): Place | undefined {
  const found = rowsOf(scene, pick).find(({ crowd }) => isPlaced(crowd.kind));
  return found && placeOf(found.crowd.kind, found.row);
}

/** The box around all entities that have a place; undefined where none has. */
export function extentOf(scene: readonly Crowd[]): Box | undefined {
  let all: Box | undefined;
  for (const { kind, rows } of scene) {
    if (!isPlaced(kind)) continue;
    for (const row of rows) {
      const { x, y } = placeOf(kind, row);
      const point = { left: x, top: y, right: x, bottom: y };
      all = all ? union(all, point) : point;
    }
  }
  return all;
}
