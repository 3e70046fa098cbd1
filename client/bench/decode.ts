import { parseServerFrame } from "../src/descriptor.js";
import { parseFrame } from "../src/frame.js";
import { StateDecoder } from "../src/state.js";

/** What a server said to a client that missed nothing of a game; bytes are in base64. */
export interface Recording {
  readonly name: string;
  readonly welcome: string;
  readonly messages: readonly string[];
}

/** What decoding a recording takes. */
export interface Figures {
  readonly name: string;
  /** Of a snapshot, on average; so are bytes, of the shared part. */
  readonly entities: number;
  readonly bytes: number;
  /** Nanoseconds, in the fastest round: what disturbs one only makes it longer. */
  readonly nsPerEntity: number;
}

/** How long a round takes at least, in milliseconds, and how many there are. */
const ROUND = 50;
const ROUNDS = 30;

/** Decodes a recording over and over. */
export function measure({ name, welcome, messages }: Recording): Figures {
  const kinds = parseServerFrame(bytesOf(welcome)).welcome?.schema.kinds ?? [];
  const states = messages.map((message) => stateOf(bytesOf(message)));
  const play = () => {
    const decoder = new StateDecoder(kinds);
    let entities = 0;
    for (const state of states) {
      const outcome = decoder.decode(state);
      if (outcome.kind !== "applied") throw new Error(`a state of ${name} is ${outcome.kind}`);
      for (const { ids } of outcome.snapshot.tables) entities += ids.length;
    }
    return entities;
  };
  const entities = play();
  const rounds = Array.from({ length: ROUNDS }, () => nanoseconds(play) / entities);
  const deltas = states.slice(1);
  return {
    name,
    entities: entities / states.length,
    bytes: deltas.reduce((sum, state) => sum + state.length, 0) / deltas.length,
    nsPerEntity: Math.min(...rounds),
  };
}

/** How long a call takes, by as many as fill a round. */
function nanoseconds(call: () => void): number {
  const start = performance.now();
  for (let calls = 1; ; calls++) {
    call();
    const time = performance.now() - start;
    if (time >= ROUND) return (time * 1e6) / calls;
  }
}

function stateOf(message: Uint8Array): Uint8Array {
  const { state } = parseFrame(parseServerFrame(message).body ?? new Uint8Array(0));
  if (state === undefined) throw new Error("a message has no state");
  return state;
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}
