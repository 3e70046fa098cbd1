import { byId, make } from "../demo/page.js";
import { type Found, type Pick, rowsOf } from "./entity.js";
import { format } from "./fields.js";
import { note } from "./note.js";
import type { Crowd } from "./scene.js";
import { badges, swatch } from "./tables.js";

/** The entity that is followed: its fields in every kind that has a row of it. */
export class Picked {
  readonly #box = byId("picked-rows");
  readonly #button = byId<HTMLButtonElement>("let-go");

  /** @param letGo is called where nobody wants to follow any more */
  constructor(letGo: () => void) {
    this.#button.addEventListener("click", letGo);
  }

  /** Shows an entity as it is now; undefined for none. */
  show(scene: readonly Crowd[], pick: Pick | undefined): void {
    this.#button.hidden = pick === undefined;
    const cards = rowsOf(scene, pick).flatMap(card);
    this.#box.replaceChildren(...cards);
    const gone = cards.length === 0 ? `Entity ${pick?.id} is not there now.` : undefined;
    note("picked", pick === undefined ? "Pick an entity on the map or in a table." : gone);
  }
}

function card({ crowd: { kind, index }, row }: Found): HTMLElement[] {
  const title = make("h3");
  title.append(swatch(index), make("b", `${kind.name} ${row.id}`), ...badges(kind));
  const list = make("dl");
  for (const field of kind.fields) {
    list.append(make("dt", field.name), make("dd", format(field, row[field.name])));
  }
  return [title, list];
}
