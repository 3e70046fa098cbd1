import { byId, make } from "../demo/page.js";
import type { Kind } from "../index.js";
import { hueOf } from "./colours.js";
import type { Pick } from "./entity.js";
import { format } from "./fields.js";
import { parseFilter, type Row } from "./filter.js";
import { note } from "./note.js";
import type { Crowd } from "./scene.js";
import { write } from "./write.js";

/** Rows of a kind that are shown: a filter finds the others. */
const SHOWN = 60;

/** Tables of every entity and field, one for a kind. */
export class Tables {
  readonly #box = byId("tables");
  readonly #filter = byId<HTMLInputElement>("filter");
  readonly #pick: (pick: Pick) => void;
  #tables: readonly KindTable[] = [];

  /** @param pick is told the entity whose button is pressed */
  constructor(pick: (pick: Pick) => void) {
    this.#pick = pick;
  }

  /** Makes tables for the kinds of a room. */
  reset(kinds: readonly Kind[]): void {
    this.#tables = kinds.map((kind, index) => new KindTable(kind, index, this.#pick));
    this.#box.replaceChildren(...this.#tables.map(({ element }) => element));
    note("entities", kinds.length === 0 ? "A table for each kind." : undefined);
  }

  /** Shows what the filter lets through. */
  show(scene: readonly Crowd[], followed: Pick | undefined): void {
    const wanted = parseFilter(this.#filter.value);
    for (const { kind, index, rows } of scene) {
      const found = rows.filter((row) => wanted(kind, row));
      this.#tables[index]?.show(
        found,
        rows.length,
        followed?.kind === index ? followed.id : undefined,
      );
    }
  }
}

/** The table of one kind. Its rows stay and get other entities, so that the focus does. */
class KindTable {
  readonly element: HTMLDetailsElement;
  readonly #kind: Kind;
  readonly #index: number;
  readonly #pick: (pick: Pick) => void;
  readonly #count = make("span", "", { class: "count" });
  readonly #body = make("tbody") as HTMLTableSectionElement;
  readonly #more = make("p", "", { class: "empty" });

  constructor(kind: Kind, index: number, pick: (pick: Pick) => void) {
    this.#kind = kind;
    this.#index = index;
    this.#pick = pick;
    this.element = make("details") as HTMLDetailsElement;
    this.element.open = true;
    const summary = make("summary");
    summary.append(swatch(index), make("b", kind.name), this.#count, ...badges(kind));
    const label = `${kind.name}: entities and fields`;
    const frame = make("div", "", {
      class: "scroll",
      tabindex: "0",
      role: "region",
      "aria-label": label,
    });
    const table = make("table");
    table.append(headOf(kind), this.#body);
    frame.append(table);
    this.element.append(summary, frame, this.#more);
  }

  show(rows: readonly Row[], all: number, followed: number | undefined): void {
    this.#count.textContent = rows.length === all ? `${all}` : `${rows.length} of ${all}`;
    if (!this.element.open) return;
    const shown = rows.slice(0, SHOWN);
    while (this.#body.rows.length > shown.length) this.#body.deleteRow(-1);
    while (this.#body.rows.length < shown.length) this.#body.append(this.#newRow());
    shown.forEach((row, i) => {
      this.#fill(this.#body.rows[i], row, row.id === followed);
    });
    const hidden = rows.length - shown.length;
    this.#more.hidden = hidden === 0;
    this.#more.textContent = `${hidden} more: the filter finds them.`;
  }

  #newRow(): HTMLElement {
    const row = make("tr");
    const id = make("th", "", { scope: "row" });
    const button = make("button", "", { type: "button" });
    button.addEventListener("click", () => {
      this.#pick({ kind: this.#index, id: Number(button.dataset.id) });
    });
    id.append(button);
    row.append(id, ...this.#kind.fields.map(() => make("td")));
    return row;
  }

  #fill(element: HTMLTableRowElement, row: Row, followed: boolean): void {
    const button = element.cells[0].firstElementChild as HTMLButtonElement;
    write(button, `${row.id}`);
    button.dataset.id = `${row.id}`;
    button.setAttribute("aria-pressed", `${followed}`);
    button.setAttribute("aria-label", `Follow ${this.#kind.name} ${row.id}`);
    element.toggleAttribute("data-followed", followed);
    this.#kind.fields.forEach((field, i) => {
      write(element.cells[i + 1], format(field, row[field.name]));
    });
  }
}

function headOf(kind: Kind): HTMLElement {
  const head = make("thead");
  const row = make("tr");
  const names = ["id", ...kind.fields.map(({ name }) => name)];
  row.append(...names.map((name) => make("th", name, { scope: "col" })));
  head.append(row);
  return head;
}

/** A spot of a kind's colour. */
export function swatch(index: number): HTMLElement {
  const spot = make("i", "", { class: "swatch", "aria-hidden": "true" });
  spot.style.setProperty("--hue", `${hueOf(index)}`);
  return spot;
}

/** What is to be said of a kind beside its name. */
export function badges(kind: Kind): HTMLElement[] {
  if (!kind.private) return [];
  const title = "This player alone, or its team, gets these rows";
  return [make("span", "private", { class: "badge", title })];
}
