import { byId, make } from "../demo/page.js";
import type { Kind } from "../index.js";
import { isPlaced } from "./fields.js";
import { note } from "./note.js";
import { swatch } from "./tables.js";

/** Says what the map shows: a colour for each kind with a place, or that there is none. */
export function showLegend(kinds: readonly Kind[]): void {
  const placed = kinds.some(isPlaced);
  byId("map-tools").hidden = !placed;
  byId("field").hidden = !placed;
  byId("legend").replaceChildren(...kinds.flatMap(entry));
  const placeless =
    'Nothing in this game has a place: no field of its schema says (position: "x"). The tables show it.';
  const none = kinds.length === 0 ? "Entities with a place are drawn here." : placeless;
  note("map", placed ? undefined : none);
}

function entry(kind: Kind, index: number): HTMLElement[] {
  if (!isPlaced(kind)) return [];
  const line = make("li");
  line.append(swatch(index), kind.name);
  return [line];
}
