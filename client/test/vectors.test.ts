import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { writeClientFrame } from "../src/clientframe.js";
import { type Descriptor, parseServerFrame } from "../src/descriptor.js";
import { ProtocolError } from "../src/errors.js";
import { fullSeq, parseFrame } from "../src/frame.js";
import { decodeMessage } from "../src/message.js";
import { RoomDecoder } from "../src/roomdecoder.js";
import type { Outcome } from "../src/state.js";
import {
  clientFrameAsVector,
  type FrameVector,
  frameAsVector,
  type StateVector,
  statesAsVector,
  welcomeAsVector,
} from "./support/vector.js";

// The golden vectors that the server's tests write; schema/vectors/README.md describes them.

/** What a server says to one client, message by message. Bytes are in base64. */
interface Vector {
  readonly name: string;
  readonly welcome: string;
  readonly descriptor?: object;
  readonly refused?: readonly { readonly why: string; readonly message: string }[];
  readonly steps: readonly {
    readonly about: string;
    readonly message: string;
    readonly frame: FrameVector | null;
    readonly state: StateVector | null;
    readonly private: StateVector | null;
    readonly error: string | null;
  }[];
}

/** What clients say. */
interface ClientVector {
  readonly frames: readonly {
    readonly about: string;
    readonly message: string;
    readonly seq: number;
    readonly words: readonly number[];
    readonly ack: number;
    readonly ack_bits: number;
    readonly view: number;
    readonly view_frac: number;
    readonly echo: number;
    readonly resync: boolean;
    readonly said: readonly number[];
  }[];
}

const folder = new URL("../../schema/vectors/", import.meta.url);

function read<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(name, folder), "utf8")) as T;
}

function bytes(base64: string): Uint8Array {
  return Uint8Array.from(Buffer.from(base64, "base64"));
}

const servers = readdirSync(folder)
  .filter((name) => name.endsWith(".json") && name !== "client.json" && name !== "coder.json")
  .map((name) => read<Vector>(name));
const clients = read<ClientVector>("client.json").frames;

/** The parts of a client that the vectors speak of. */
class VectorClient {
  readonly #schema: Descriptor;
  readonly #decoder: RoomDecoder;
  #ack = 0;

  constructor(message: Uint8Array) {
    const { welcome } = parseServerFrame(message);
    if (welcome === undefined) throw new ProtocolError("the first message is no welcome");
    this.#schema = welcome.schema;
    this.#decoder = new RoomDecoder(welcome.schema.kinds);
  }

  /** Takes a message and says what it makes of it. */
  receive(message: Uint8Array) {
    const { body } = parseServerFrame(message);
    const frame = parseFrame(body ?? new Uint8Array(0));
    for (const raw of frame.messages) decodeMessage(this.#schema.messages, raw);
    const outcome: Outcome = frame.state
      ? this.#decoder.decode(frame.state, frame.hidden)
      : { kind: "dropped" };
    if (frame.ack) this.#ack = fullSeq(this.#ack, frame.ack.low);
    const states = statesAsVector(this.#schema.kinds, frame, outcome);
    return { frame: frameAsVector(frame, this.#ack), ...states };
  }
}

describe.each(servers)("the vector $name", ({ welcome, steps }) => {
  it("is read as the server means it, message by message", () => {
    const client = new VectorClient(bytes(welcome));
    for (const { about, message, error, ...means } of steps) {
      if (error !== null) {
        expect(() => client.receive(bytes(message)), about).toThrow(ProtocolError);
        continue;
      }
      const result = client.receive(bytes(message));
      // A client does not keep states of which a checksum is wrong, so it says less of them.
      const desync = means.state?.desync || means.private?.desync;
      if (desync) expect(means, about).toMatchObject(result);
      else expect(result, about).toEqual(means);
    }
  });
});

describe("a welcome of the server", () => {
  it.each(servers.filter(({ descriptor }) => descriptor))(
    "is read as it is meant in $name",
    (vector) => {
      expect(welcomeAsVector(bytes(vector.welcome))).toEqual(vector.descriptor);
    },
  );
});

describe("a welcome that breaks the page", () => {
  it.each(servers.flatMap(({ refused }) => refused ?? []))("is refused: $why", ({ message }) => {
    expect(() => new VectorClient(bytes(message))).toThrow(ProtocolError);
  });
});

describe("a client's frame", () => {
  it.each(clients)("says the same in the server's bytes and in this client's: $about", (vector) => {
    const { about, message, ...says } = vector;
    expect(clientFrameAsVector(bytes(message))).toEqual(says);
    if (vector.ack_bits !== 0) return; // this client is for ordered transports, and has none to send
    const { seq, words, ack_bits: _, view_frac: viewFrac, said: spoken, ...frame } = says;
    const input = seq === 0 ? undefined : { seq, values: words };
    const said = spoken.length === 0 ? undefined : Uint8Array.from(spoken);
    const written = writeClientFrame({ ...frame, viewFrac, input, said });
    expect(clientFrameAsVector(written)).toEqual(says);
  });
});
