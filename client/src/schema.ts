/** The TypeScript side of a game's schema: what `rondo gen` writes an interface for. */
export interface SchemaTypes {
  /** Kinds of entity by name: the values of their fields. */
  readonly kinds: object;
  /** The values of an input. */
  readonly input: object;
  /** Messages by name: their values. */
  readonly messages: object;
}

/**
 * Names a game's schema and carries its types. It has no layout: a client
 * decodes by the descriptor that the server sends.
 */
export interface SchemaRef<S extends SchemaTypes> {
  /** The schema's name, which is also the game's. */
  readonly name: string;
  /** The hash of the schema that the types were generated from, 16 hex digits. */
  readonly hash: string;
  /**
   * What each field reads as where the server's schema does not have it: false, an empty string, or
   * what of its range is nearest to 0. Without this it is undefined there.
   */
  readonly zeros?: Pick<S, "kinds" | "messages">;
  /** Never set: the place where the types hang. */
  readonly types?: S;
}

/** The types of a schema that is known at run time only: any kind, any field. */
export interface AnySchema extends SchemaTypes {
  readonly kinds: { readonly [kind: string]: { readonly [field: string]: number | boolean } };
  readonly input: { readonly [field: string]: number };
  readonly messages: { readonly [message: string]: { readonly [field: string]: number | string } };
}

/** The names of the kinds of a schema. */
export type KindName<S extends SchemaTypes> = keyof S["kinds"] & string;

/** The names of the messages of a schema; none where it has none. */
export type MessageName<S extends SchemaTypes> = NamesOf<S["messages"]>;

/** The keys of a record that stand for something: `Record<string, never>` has none. */
type NamesOf<R> = { [K in keyof R]: R[K] extends never ? never : K }[keyof R] & string;

/** One entity as it is drawn now: its id and the values of its fields. */
export type Entity<Fields> = { readonly id: number } & Readonly<Fields>;
