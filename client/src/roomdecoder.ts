import type { Kind } from "./descriptor.js";
import { ProtocolError } from "./errors.js";
import { FULL } from "./protocol.js";
import { type Outcome, StateDecoder } from "./state.js";
import { emptyTable, type Snapshot } from "./table.js";

/**
 * Turns a room's states into snapshots of all kinds: the shared state, and
 * beside it what this client alone gets of the private kinds (PRIVATE).
 */
export class RoomDecoder {
  readonly #kinds: readonly Kind[];
  readonly #shared: StateDecoder;
  readonly #hidden: StateDecoder;
  readonly #nothing: Snapshot;
  /** The newest snapshot; undefined until the first full state. */
  newest: Snapshot | undefined;

  constructor(kinds: readonly Kind[]) {
    const hidden = kinds.filter((kind) => kind.private);
    this.#kinds = kinds;
    this.#shared = new StateDecoder(kinds.filter((kind) => !kind.private));
    this.#hidden = new StateDecoder(hidden);
    this.#nothing = { tick: 0, tables: hidden.map(({ fields }) => emptyTable(fields.length)) };
  }

  /**
   * Decodes the next state, and the private part that came with it, which goes
   * with a state that is dropped (PRIVATE-4).
   *
   * @throws ProtocolError where the bytes break the protocol; only bad bytes of
   *   the shared part leave the decoder as it was
   */
  decode(shared: Uint8Array, hidden: Uint8Array | undefined): Outcome {
    const secretive = this.#nothing.tables.length > 0;
    if (hidden && !secretive) throw new ProtocolError("PRIVATE-1");
    const outcome = this.#shared.decode(shared);
    if (outcome.kind !== "applied") return outcome;
    const { tick, tables } = outcome.snapshot;
    if (secretive && isFull(shared) && !(hidden && isFull(hidden))) {
      throw new ProtocolError("PRIVATE-3");
    }
    if (hidden && this.#desynced(hidden, tick)) {
      this.#shared.lose();
      return { kind: "desync", tick };
    }
    this.newest = { tick, tables: this.#weave(tables) };
    return { ...outcome, snapshot: this.newest };
  }

  /** Decodes a private part; true where its checksum does not agree. */
  #desynced(bytes: Uint8Array, tick: number): boolean {
    const outcome = this.#hidden.decode(bytes);
    if (outcome.kind !== "applied") return true;
    if (outcome.snapshot.tick !== tick) {
      throw new ProtocolError("PRIVATE-2");
    }
    return false;
  }

  /** The tables of all kinds in the schema's order. */
  #weave(shared: Snapshot["tables"]): Snapshot["tables"] {
    const hidden = (this.#hidden.newest ?? this.#nothing).tables;
    if (hidden.length === 0) return shared;
    let [i, j] = [0, 0];
    return this.#kinds.map((kind) => (kind.private ? hidden[j++] : shared[i++]));
  }
}

/** Whether a state is full, by its flags. */
function isFull(state: Uint8Array): boolean {
  return (state[0] & FULL) !== 0;
}
