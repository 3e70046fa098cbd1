import { ByteReader } from "./bytes.js";
import { TableDecoder } from "./delta.js";
import type { Kind } from "./descriptor.js";
import { ProtocolError } from "./errors.js";
import { BASE, CHECK, FULL, MAX_AGE, MAX_ENTITIES } from "./protocol.js";
import { RangeReader } from "./rangecoder.js";
import { checksum, emptyTable, type Snapshot } from "./table.js";

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
  readonly #bits = new RangeReader();
  readonly #kinds: readonly TableDecoder[];
  readonly #nothing: Snapshot;
  #newest: Snapshot;
  #older: Snapshot;
  #desynced = false;

  constructor(kinds: readonly Kind[]) {
    this.#kinds = kinds.map((kind) => new TableDecoder(kind, this.#bits));
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
    if (flags > (FULL | BASE | CHECK) || (full && flags & BASE)) throw new ProtocolError("STATE");
    if (this.#desynced && !full) return { kind: "dropped" };
    const given = flags & (FULL | CHECK) ? input.u32() : undefined;
    const k = flags & BASE ? input.uvarint(MAX_AGE) : full ? 0 : 1;
    const g = flags & BASE ? input.uvarint(MAX_AGE) : k;
    const sum = flags & CHECK ? input.u32() : undefined;
    const base = full ? this.#nothing : this.#newest;
    const older = g > 0 ? this.#older : this.#nothing;
    const tick = full ? (given ?? 0) : base.tick + k;
    const follows = full || (base.tick > 0 && k > 0);
    const turns = g === 0 || (older.tick > 0 && older.tick === base.tick - g);
    if (!follows || !turns || tick === 0 || (given ?? tick) !== tick || tick > 0xffffffff)
      throw new ProtocolError("STATE-1");
    this.#bits.start(input.rest());
    let space = MAX_ENTITIES;
    const tables = this.#kinds.map((kind, i) => {
      const table = kind.decode(base.tables[i], older.tables[i], { k, g }, space);
      space -= table.ids.length;
      if (space < 0) throw new ProtocolError("SCHEMA-1");
      return table;
    });
    this.#desynced = sum !== undefined && checksum(tables) !== sum;
    if (this.#desynced) return { kind: "desync", tick };
    this.#older = base;
    this.#newest = { tick, tables };
    return { kind: "applied", snapshot: this.#newest, verified: sum !== undefined };
  }

  /** Drops all states up to the next full one, as after a checksum that did not agree. */
  lose(): void {
    this.#desynced = true;
  }
}
