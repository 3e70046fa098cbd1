/** What a client says to its room: a frame a tick at most (INPUT-1 to INPUT-9). */
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
}

/**
 * Writes the frame as the FlatBuffer `ClientFrame`, 52 to 88 bytes: it is a row of 32-bit numbers, if
 * the two halves of the vtable's are taken together.
 */
export function writeClientFrame(frame: ClientFrame): Uint8Array<ArrayBuffer> {
  const { input, ack, view, viewFrac, echo, resync } = frame;
  const own = input ? pair(4, 8) : 0;
  const numbers = [
    // The root's place, then the vtable: its length and the table's, and where in that are
    // seq, input, ack, view, echo, resync, no ack_bits (INPUT-8) and view_frac.
    [24, pair(20, 28), own, pair(12, 16), pair(20, 24), pair(0, 25)],
    // The table: how far back its vtable is, and the values; that of input is how far its vector is.
    [20, input?.seq ?? 0, 20, ack, view, echo, pair(Number(resync) + (viewFrac << 8), 0)],
    input ? [input.values.length, ...input.values] : [],
  ].flat();
  const out = new DataView(new ArrayBuffer(4 * numbers.length));
  numbers.forEach((number, i) => {
    out.setInt32(4 * i, number, true);
  });
  return new Uint8Array(out.buffer);
}

function pair(low: number, high: number): number {
  return low + (high << 16);
}
