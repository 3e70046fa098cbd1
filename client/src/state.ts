import { ByteReader } from "./bytes.js";
import { TableDecoder } from "./delta.js";
import type { Kind } from "./descriptor.js";
import { ProtocolError } from "./errors.js";
import type { Ages } from "./predict.js";
import { RangeReader } from "./rangecoder.js";
import { checksum, emptyTable, MAX_ENTITIES, type Snapshot, type Table } from "./table.js";

const [FULL, BASE, CHECK] = [1, 2, 4];
const MAX_AGE = 4096;

/** What became of a state that arrived. */
export type Outcome =
  /** It is the newest snapshot now; `verified` where its checksum was there and agreed. */
  | { readonly kind: "applied"; readonly snapshot: Snapshot; readonly verified: boolean }
  /** Its checksum did not agree: ask for a resync. */
  | { readonly kind: "desync"; readonly tick: number }
  /** It came after a desync and is not full. */
  | { readonly kind: "dropped" };

/** Turns the shared parts of a room's frames, in order, into snapshots (STATE). */
export class StateDecoder {
  readonly #kinds: readonly TableDecoder[];
  readonly #nothing: Snapshot;
  #newest: Snapshot;
  #older: Snapshot;
  #desynced = false;

  constructor(kinds: readonly Kind[]) {
    this.#kinds = kinds.map((kind) => new TableDecoder(kind));
    this.#nothing = { tick: 0, tables: kinds.map(({ fields }) => emptyTable(fields.length)) };
    this.#newest = this.#nothing;
    this.#older = this.#nothing;
  }

  /** The newest snapshot; undefined until the first full state. */
  get newest(): Snapshot | undefined {
    return this.#newest === this.#nothing ? undefined : this.#newest;
  }

  /**
   * Decodes the next state.
   *
   * @throws ProtocolError where the bytes break the protocol; the newest snapshot stays as it was
   */
  decode(bytes: Uint8Array): Outcome {
    const input = new ByteReader(bytes);
    const flags = input.u8();
    const full = (flags & FULL) !== 0;
    if (flags > (FULL | BASE | CHECK) || (full && flags & BASE)) throw bad(`flags of ${flags}`);
    if (this.#desynced && !full) return { kind: "dropped" };
    const given = flags & (FULL | CHECK) ? input.u32() : undefined;
    const ages = readAges(input, flags);
    const sum = flags & CHECK ? input.u32() : undefined;
    const base = full ? this.#nothing : this.#newest;
    const tick = full ? (given ?? 0) : this.#follow(ages, given);
    if (tick === 0) throw bad("tick 0");
    const tables = this.#decodeTables(base, ages, input.rest());
    this.#desynced = sum !== undefined && checksum(tables) !== sum;
    if (this.#desynced) return { kind: "desync", tick };
    this.#older = base;
    this.#newest = { tick, tables };
    return { kind: "applied", snapshot: this.#newest, verified: sum !== undefined };
  }

  /** The tick of a state that builds on the newest (STATE-1). */
  #follow({ k, g }: Ages, given: number | undefined): number {
    const { tick: newest } = this.#newest;
    const older = this.#older.tick;
    const tick = newest + k;
    if (newest === 0) throw bad("no baseline");
    if (tick > 0xffffffff || (given ?? tick) !== tick) throw bad(`tick ${given} after ${newest}`);
    if (g > 0 && (older === 0 || newest - older !== g)) throw bad("another older baseline");
    return tick;
  }

  /** Drops all states up to the next full one, as after a checksum that did not agree. */
  lose(): void {
    this.#desynced = true;
  }

  #decodeTables(base: Snapshot, ages: Ages, delta: Uint8Array): Table[] {
    const bits = new RangeReader(delta);
    const older = ages.g > 0 ? this.#older : this.#nothing;
    let space = MAX_ENTITIES;
    return this.#kinds.map((kind, i) => {
      const table = kind.decode(bits, base.tables[i], older.tables[i], ages, space);
      space -= table.ids.length;
      if (space < 0) throw bad(`over ${MAX_ENTITIES} entities`);
      return table;
    });
  }
}

function readAges(input: ByteReader, flags: number): Ages {
  if (flags & FULL) return { k: 0, g: 0 };
  if (!(flags & BASE)) return { k: 1, g: 1 };
  const ages = { k: input.uvarint(MAX_AGE), g: input.uvarint(MAX_AGE) };
  if (ages.k === 0) throw bad("itself as its baseline");
  return ages;
}

function bad(what: string): ProtocolError {
  return new ProtocolError(`a state has ${what}`);
}
