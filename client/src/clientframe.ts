/** What a client says to its room: a frame a tick at most (INPUT-1 to INPUT-10). */
export interface ClientFrame {
  /** The number of the input, from 1, and its values; both or neither. */
  readonly input?: { readonly seq: number; readonly values: readonly number[] } | undefined;
  /** The newest tick decoded, 0 for none. */
  readonly ack: number;
  /** The tick that the player looks at, 0 for none. */
  readonly view: number;
  /** How far beyond that the player looks, in 1/256 tick. */
  readonly viewFrac: number;
  /** Comes back from the server, 0 for nothing. */
  readonly echo: number;
  /** Whether a full state is needed. */
  readonly resync: boolean;
  /** A message to the game, coded. */
  readonly said?: Uint8Array | undefined;
}

/**
 * Writes the frame as the FlatBuffer `ClientFrame`, 52 to 88 bytes, and 8 more and what is said: it is a
 * row of 32-bit numbers, if the two halves of the vtable's are taken together.
 */
export function writeClientFrame(frame: ClientFrame): Uint8Array<ArrayBuffer> {
  const { input, ack, view, viewFrac, echo, resync, said } = frame;
  const own = input ? pair(4, 8) : 0;
  const values = input ? [input.values.length, ...input.values] : [];
  const more = said ? 4 : 0; // in the vtable and in the table
  const numbers = [
    // The root's place, then the vtable: its length and the table's, and where in that are
    // seq, input, ack, view, echo, resync, no ack_bits (INPUT-8), view_frac and said.
    [24 + more, pair(20 + more / 2, 28 + more), own, pair(12, 16), pair(20, 24), pair(0, 25)],
    said ? [28] : [],
    // The table: how far back its vtable is, and the values; those of vectors are how far they are.
    [20 + more, input?.seq ?? 0, 20 + more, ack, view, echo, pair(+resync + (viewFrac << 8), 0)],
    said ? [4 + 4 * values.length] : [],
    values,
    said ? [said.length] : [],
  ].flat();
  const bytes = new Uint8Array(4 * numbers.length + (said?.length ?? 0));
  const out = new DataView(bytes.buffer);
  numbers.forEach((number, i) => {
    out.setInt32(4 * i, number, true);
  });
  bytes.set(said ?? [], 4 * numbers.length);
  return bytes;
}

function pair(low: number, high: number): number {
  return low + (high << 16);
}
