import { ByteReader } from "./bytes.js";
import { ProtocolError } from "./errors.js";
import { ACK, ECHO, MAX_KIND, MAX_LENGTH, MESSAGES, PRIVATE, STATE } from "./protocol.js";

/** A message's place in the schema and its bytes. */
export interface RawMessage {
  readonly kind: number;
  readonly body: Uint8Array;
}

/** What the server says of the newest input that it applied. */
export interface Ack {
  /** The low 16 bits of its seq. */
  readonly low: number;
  /** How long it waited for its tick, in 1/16 tick, -128 to 127. */
  readonly slack: number;
}

/** The server's answer to the echo of a ClientFrame. */
export interface Echo {
  readonly echo: number;
  /** Microseconds that the server held it. */
  readonly held: number;
}

/** The body of one frame, taken apart; byte arrays point into it. */
export interface Frame {
  readonly ack: Ack | undefined;
  readonly echo: Echo | undefined;
  readonly messages: readonly RawMessage[];
  /** What this client alone gets: a state of the private kinds. */
  readonly hidden: Uint8Array | undefined;
  /** The shared part. */
  readonly state: Uint8Array | undefined;
}

/**
 * Parses the vector `ServerFrame.body`.
 *
 * @throws ProtocolError where it breaks FRAME
 */
export function parseFrame(body: Uint8Array): Frame {
  const input = new ByteReader(body);
  const flags = input.u8();
  if (flags > (ACK | ECHO | MESSAGES | STATE | PRIVATE) || (flags & PRIVATE && !(flags & STATE))) {
    throw new ProtocolError("FRAME");
  }
  return {
    ack: flags & ACK ? { low: input.u16(), slack: input.i8() } : undefined,
    echo: flags & ECHO ? { echo: input.u32(), held: input.u32() } : undefined,
    messages: flags & MESSAGES ? readMessages(input) : [],
    hidden: flags & PRIVATE ? input.take(input.uvarint()) : undefined,
    state: flags & STATE ? input.rest() : undefined,
  };
}

function readMessages(input: ByteReader): RawMessage[] {
  const messages: RawMessage[] = [];
  for (let left = input.uvarint(); left > 0; left--) {
    messages.push({
      kind: input.uvarint(MAX_KIND),
      body: input.take(input.uvarint(MAX_LENGTH)),
    });
  }
  return messages;
}

/** The seq in [last, last + 65,535] that has the given low 16 bits (FRAME-1). */
export function fullSeq(last: number, low: number): number {
  return last + ((low - last) & 0xffff);
}
