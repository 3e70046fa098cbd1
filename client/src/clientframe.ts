/** What a client says to its room: a frame a tick at most (INPUT-1 to INPUT-7, INPUT-10). */
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
  /** A message to the game, coded. */
  readonly said?: Uint8Array | undefined;
}

// The buffer's layout: the root's offset, the vtable, the table, the input's vector, what is said.
// A frame in which nothing is said has a shorter vtable and table.
const VTABLE = 4;
const SEQ = 4;
const INPUT = 8;
const ACK = 12;
const VIEW = 16;
const ECHO = 20;
const RESYNC = 24;
const SAID = 28;

/** Writes the frame as the FlatBuffer `ClientFrame`, 48 to 84 bytes and what is said. */
export function writeClientFrame(frame: ClientFrame): Uint8Array<ArrayBuffer> {
  const { input, said } = frame;
  const places = input ? [SEQ, INPUT] : [0, 0];
  places.push(ACK, VIEW, ECHO, RESYNC);
  if (said) places.push(0, 0, SAID); // neither ack_bits nor view_frac
  const table = said ? 28 : 20;
  const vector = said ? 60 : 48;
  const speech = vector + (input ? 4 + 4 * input.values.length : 0);
  const bytes = new Uint8Array(speech + (said ? 4 + said.length : 0));
  const view = new DataView(bytes.buffer);
  const u32 = (at: number, value: number) => view.setUint32(at, value, true);
  u32(0, table);
  [4 + 2 * places.length, vector - table, ...places].forEach((v, i) => {
    view.setUint16(VTABLE + 2 * i, v, true);
  });
  u32(table, table - VTABLE);
  u32(table + ACK, frame.ack);
  u32(table + VIEW, frame.view);
  u32(table + ECHO, frame.echo);
  u32(table + RESYNC, Number(frame.resync)); // a byte, and zeros behind it
  if (input) {
    u32(table + SEQ, input.seq);
    u32(table + INPUT, vector - table - INPUT);
    [input.values.length, ...input.values].forEach((v, i) => {
      u32(vector + 4 * i, v);
    });
  }
  if (said) {
    u32(table + SAID, speech - table - SAID);
    u32(speech, said.length);
    bytes.set(said, speech + 4);
  }
  return bytes;
}
