import type { Field } from "../descriptor.js";
import type { Seat } from "../predictor.js";
import type { SpawnKind } from "./spawns.js";

/** Words by the names of their fields. */
export type Values = Record<string, number>;

/** SpawnOptions without their types. */
export interface SpawnRules {
  owns(entity: Values, player: number): boolean;
  step(entity: Values, rate: number): void;
  ended?(entity: Values, age: number): boolean;
}

/** A kind as Spawns wants it, of one as the game describes it. */
export function spawnKind(
  { schema, player, rate }: Seat,
  columns: readonly { readonly kind: number; readonly field: Field }[],
  rules: SpawnRules,
): SpawnKind {
  const [{ kind }] = columns;
  const { name, fields } = schema.kinds[kind];
  const entity: Values = {};
  const load = (words: ArrayLike<number>, from = 0) => {
    for (let i = 0; i < fields.length; i++) entity[fields[i].name] = words[from + i];
    return entity;
  };
  return {
    name,
    kind,
    fields,
    owns: ({ words, width }, row) => rules.owns(load(words, row * width), player),
    step(words) {
      rules.step(load(words), rate);
      for (let i = 0; i < fields.length; i++) words[i] = entity[fields[i].name];
    },
    ended: (words, age) => rules.ended?.(load(words), age) ?? false,
  };
}
