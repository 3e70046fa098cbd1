import { make } from "../demo/page.js";
import { write } from "../playground/write.js";
import { Spark } from "./spark.js";

/** What stands in a cell, and how it went. */
export interface Cell {
  readonly text: string;
  readonly line?: readonly (number | undefined)[];
}

/** What the parts of a table are, said once more: a table that is laid out as cards is none to who listens, else. */
const ROLES: Readonly<Record<string, string>> = {
  TABLE: "table",
  THEAD: "rowgroup",
  TBODY: "rowgroup",
  TR: "row",
  TH: "columnheader",
};

/** The rows of a table. They stay and are written anew, so that nothing jumps under a reader. On a phone each is a card. */
export class Rows {
  readonly #body: HTMLTableSectionElement;
  readonly #names: readonly string[];

  /** Takes the table that the page has, whose head names the columns. */
  constructor(table: HTMLElement) {
    this.#body = table.querySelector("tbody") as HTMLTableSectionElement;
    for (const part of [table, ...table.querySelectorAll("*")]) {
      part.setAttribute("role", ROLES[part.tagName]);
    }
    this.#names = [...table.querySelectorAll("thead th")].map((th) => th.textContent ?? "");
  }

  /** Shows lines of as many cells as there are columns. */
  show(lines: readonly (readonly Cell[])[]): void {
    while (this.#body.rows.length > lines.length) this.#body.deleteRow(-1);
    while (this.#body.rows.length < lines.length) this.#body.append(this.#newRow());
    lines.forEach((line, i) => {
      line.forEach((cell, j) => {
        fill(this.#body.rows[i].cells[j], cell);
      });
    });
  }

  /** A row whose cells know their names, which a card shows. */
  #newRow(): HTMLElement {
    const row = make("tr", "", { role: "row" });
    row.append(
      ...this.#names.map((name, i) => {
        const head = i === 0;
        const role = head ? "rowheader" : "cell";
        const cell = make(head ? "th" : "td", "", { role, "data-name": name });
        cell.append(make("span"));
        return cell;
      }),
    );
    return row;
  }
}

const sparks = new WeakMap<Element, Spark>();

function fill(element: Element, { text, line }: Cell): void {
  write(element.firstElementChild as Element, text);
  if (line === undefined) return;
  sparkIn(element).show(line);
}

/** The sparkline of an element, which gets one where it has none. */
export function sparkIn(element: Element): Spark {
  let spark = sparks.get(element);
  if (spark === undefined) {
    spark = new Spark();
    sparks.set(element, spark);
    element.append(spark.element);
  }
  return spark;
}
