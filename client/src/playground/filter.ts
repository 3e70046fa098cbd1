import type { Kind } from "../index.js";
import { shown, type Value } from "./fields.js";

/** An entity as the page reads it: its values by field. */
export interface Row {
  readonly id: number;
  readonly [field: string]: Value;
}

/** Says whether an entity of a kind is wanted. */
export type Filter = (kind: Kind, row: Row) => boolean;

const TERM = /^(\w+)(<=|>=|!=|=|<|>)(.+)$/;

const COMPARE: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
  "=": (a, b) => a === b,
  "!=": (a, b) => a !== b,
};

/**
 * Reads a filter: terms with blanks between, all of which must hold. A term is
 * an id (`12` or `#12`), a part of a kind's name (`ship`), or a field against a
 * number as the table shows it (`hp<50`, `alive=yes`). A kind without the field
 * has nothing that is wanted.
 */
export function parseFilter(text: string): Filter {
  const terms = text.trim().split(/\s+/).filter(Boolean).map(parseTerm);
  return (kind, row) => terms.every((term) => term(kind, row));
}

function parseTerm(text: string): Filter {
  const [, name, operator, value] = TERM.exec(text) ?? [];
  if (name !== undefined) return comparison(name, COMPARE[operator], numberOf(value));
  const id = /^#?(\d+)$/.exec(text)?.[1];
  if (id !== undefined) return (_, row) => row.id === Number(id);
  return (kind) => kind.name.toLowerCase().includes(text.toLowerCase());
}

function comparison(name: string, holds: (a: number, b: number) => boolean, value: number): Filter {
  const wanted = name.toLowerCase();
  return (kind, row) => {
    if (wanted === "id") return holds(row.id, value);
    const field = kind.fields.find((field) => field.name.toLowerCase() === wanted);
    return field !== undefined && holds(rounded(shown(field, row[field.name])), value);
  };
}

/** Two decimals, as the table has them. */
function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

function numberOf(text: string): number {
  if (text === "yes" || text === "true") return 1;
  if (text === "no" || text === "false") return 0;
  return Number.parseFloat(text);
}
