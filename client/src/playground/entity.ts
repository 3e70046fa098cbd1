import { isPlaced } from "./fields.js";
import type { Row } from "./filter.js";
import type { Crowd } from "./scene.js";

/** An entity, by the place of its kind in the schema and its id in it. */
export interface Pick {
  readonly kind: number;
  readonly id: number;
}

/** A row of an entity, and the crowd that it stands in. */
export interface Found {
  readonly crowd: Crowd;
  readonly row: Row;
}

/** Whether two picks are the same entity. */
export function samePick(a: Pick | undefined, b: Pick | undefined): boolean {
  return a?.kind === b?.kind && a?.id === b?.id;
}

/**
 * The rows of an entity, that of the picked kind first. What is optional or
 * private about an entity stands in other kinds under its id; but a kind with
 * places of its own may as well number its entities for itself, so of two rows
 * with places only one counts.
 */
export function rowsOf(scene: readonly Crowd[], pick: Pick | undefined): readonly Found[] {
  const found = scene.flatMap((crowd) => {
    const row = crowd.rows.find(({ id }) => id === pick?.id);
    return row ? [{ crowd, row }] : [];
  });
  const own = found.find(({ crowd }) => crowd.index === pick?.kind);
  if (own === undefined) return [];
  const placed = found.filter((other) => other !== own && isPlaced(other.crowd.kind));
  const foreign = isPlaced(own.crowd.kind) || placed.length > 1 ? placed : [];
  return [own, ...found.filter((other) => other !== own && !foreign.includes(other))];
}
