import { ByteReader } from "./bytes.js";
import { applyDelta, type Widths } from "./delta.js";
import { ProtocolError } from "./errors.js";
import { checksum, emptyTable, type Snapshot } from "./table.js";

const FULL = 0x01;
const BASE = 0x02;
const CHECK = 0x04;

/** What became of a state that arrived. */
export type Outcome =
  /** It is the newest snapshot now; `verified` where its checksum was there and agreed. */
  | { readonly kind: "applied"; readonly snapshot: Snapshot; readonly verified: boolean }
  /** Its checksum did not agree: ask for a resync. */
  | { readonly kind: "desync"; readonly tick: number }
  /** It came after a desync and is not full. */
  | { readonly kind: "dropped" };

interface Header {
  readonly full: boolean;
  readonly tick: number | undefined;
  /** Ticks between the baseline and this state. */
  readonly age: number;
  readonly checksum: number | undefined;
  readonly delta: Uint8Array;
}

/** Turns the shared parts of a room's frames, in order, into snapshots (STATE-1 to STATE-5). */
export class StateDecoder {
  readonly #kinds: readonly Widths[];
  #newest: Snapshot | undefined;
  #desynced = false;

  /** @param kinds the widths in bits of each kind's fields, in the schema's order */
  constructor(kinds: readonly Widths[]) {
    this.#kinds = kinds;
  }

  /** The newest snapshot; undefined until the first full state. */
  get newest(): Snapshot | undefined {
    return this.#newest;
  }

  /** Whether states are dropped until the next full one. */
  get desynced(): boolean {
    return this.#desynced;
  }

  /**
   * Decodes the next state.
   *
   * @throws ProtocolError where the bytes break the protocol; the newest snapshot stays as it was
   */
  decode(bytes: Uint8Array): Outcome {
    const header = readHeader(bytes);
    if (this.#desynced && !header.full) return { kind: "dropped" };
    const base = this.#baseline(header);
    const tick = this.#tickOf(header);
    const tables = applyDelta(this.#kinds, base, header.delta);
    const verified = header.checksum !== undefined;
    this.#desynced = verified && checksum(tables) !== header.checksum;
    if (this.#desynced) return { kind: "desync", tick };
    this.#newest = { tick, tables };
    return { kind: "applied", snapshot: this.#newest, verified };
  }

  #baseline(header: Header): Snapshot["tables"] {
    if (header.full) return this.#kinds.map((widths) => emptyTable(widths.length));
    if (this.#newest === undefined) throw new ProtocolError("the first state is not full");
    return this.#newest.tables;
  }

  #tickOf(header: Header): number {
    const tick = header.full ? header.tick : (this.#newest?.tick ?? 0) + header.age;
    if (tick === undefined || tick === 0 || tick > 0xffffffff) {
      throw new ProtocolError(`a state stands at tick ${tick}`);
    }
    if (header.tick !== undefined && header.tick !== tick) {
      throw new ProtocolError(`a state says tick ${header.tick} and stands at ${tick}`);
    }
    return tick;
  }
}

function readHeader(bytes: Uint8Array): Header {
  const input = new ByteReader(bytes);
  const flags = input.u8();
  if (flags > (FULL | BASE | CHECK)) throw new ProtocolError(`a state has flags ${flags}`);
  const full = (flags & FULL) !== 0;
  if (full && flags & BASE) throw new ProtocolError("a full state names a baseline");
  const tick = flags & (FULL | CHECK) ? input.u32() : undefined;
  const age = flags & BASE ? input.uvarint() : 1;
  if (age === 0) throw new ProtocolError("a state is its own baseline");
  const sum = flags & CHECK ? input.u32() : undefined;
  return { full, tick, age, checksum: sum, delta: input.rest() };
}
