/** What a client says to its room: a frame a tick at most (INPUT-1 to INPUT-7). */
export interface ClientFrame {
  /** The number of the input, from 1, and its values; both or neither. */
  readonly input?: { readonly seq: number; readonly values: readonly number[] } | undefined;
  /** The newest tick decoded, 0 for none. */
  readonly ack: number;
  /** The tick that the player looks at, 0 for none. */
  readonly view: number;
  /** Comes back from the server, 0 for nothing. */
  readonly echo: number;
  /** Whether a full state is needed. */
  readonly resync: boolean;
}

// The buffer's layout: the root's offset, the vtable, the table, the input's vector.
const VTABLE = 4;
const TABLE = 20;
const VECTOR = 48;
const SEQ = 4;
const INPUT = 8;
const ACK = 12;
const VIEW = 16;
const ECHO = 20;
const RESYNC = 24;

/** Writes the frame as the FlatBuffer `ClientFrame`, 48 to 84 bytes. */
export function writeClientFrame(frame: ClientFrame): Uint8Array<ArrayBuffer> {
  const values = frame.input?.values ?? [];
  const bytes = new Uint8Array(frame.input ? VECTOR + 4 + 4 * values.length : VECTOR);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, TABLE, true);
  writeVtable(view, frame.input !== undefined);
  view.setInt32(TABLE, TABLE - VTABLE, true);
  view.setUint32(TABLE + ACK, frame.ack, true);
  view.setUint32(TABLE + VIEW, frame.view, true);
  view.setUint32(TABLE + ECHO, frame.echo, true);
  view.setUint8(TABLE + RESYNC, frame.resync ? 1 : 0);
  if (frame.input) {
    view.setUint32(TABLE + SEQ, frame.input.seq, true);
    view.setUint32(TABLE + INPUT, VECTOR - TABLE - INPUT, true);
    view.setUint32(VECTOR, values.length, true);
    values.forEach((value, i) => {
      view.setInt32(VECTOR + 4 + 4 * i, value, true);
    });
  }
  return bytes;
}

function writeVtable(view: DataView, hasInput: boolean): void {
  const fields = hasInput ? [SEQ, INPUT] : [0, 0];
  fields.push(ACK, VIEW, ECHO, RESYNC);
  view.setUint16(VTABLE, TABLE - VTABLE, true);
  view.setUint16(VTABLE + 2, VECTOR - TABLE, true);
  fields.forEach((offset, i) => {
    view.setUint16(VTABLE + 4 + 2 * i, offset, true);
  });
}
