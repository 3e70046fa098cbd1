import type { SocketConstructor, SocketLike } from "../connection.js";
import { Lane } from "./lane.js";
import { Link } from "./link.js";
import type { Profile } from "./profile.js";
import { seeded } from "./random.js";

/** How a network is simulated, beside its profile. */
export interface NetworkOptions {
  /** Stands in for the global WebSocket, which Node 20 does not have. */
  readonly WebSocket?: SocketConstructor;
  /** The same seed gives the same delays to the same messages. */
  readonly seed?: number;
}

/** What a network needs to know of a socket. */
interface Wire {
  resume(): void;
}

/**
 * A network as bad as one likes, between a room and its node: give its `WebSocket` to `join`. Both
 * ways are alike. It can be changed while it is used.
 */
export class Network {
  /** What `options.WebSocket` of `join` takes. */
  readonly WebSocket: SocketConstructor;
  readonly #links: readonly [up: Link, down: Link];
  readonly #wires = new Set<Wire>();

  constructor(
    profile: Profile,
    { WebSocket = globalThis.WebSocket, seed = 1 }: NetworkOptions = {},
  ) {
    const random = seeded(seed);
    this.#links = [new Link(profile, random), new Link(profile, random)];
    this.WebSocket = socketOver(WebSocket, this.#links, this.#wires);
  }

  /** How it treats messages now. */
  get profile(): Profile {
    return this.#links[0].profile;
  }

  /** Changes how it treats messages that are sent from now on. */
  set(profile: Profile): void {
    for (const link of this.#links) link.set(profile, performance.now());
    for (const wire of this.#wires) wire.resume();
  }
}

/** A WebSocket whose messages take their time. */
function socketOver(
  Socket: SocketConstructor,
  [upLink, downLink]: readonly [Link, Link],
  wires: Set<Wire>,
): SocketConstructor {
  return class implements SocketLike {
    readonly #socket: SocketLike;
    readonly #up = new Lane(upLink);
    readonly #down = new Lane(downLink);

    constructor(url: string, protocols: string[]) {
      this.#socket = new Socket(url, protocols);
      const wire = {
        resume: () => {
          this.#up.resume();
          this.#down.resume();
        },
      };
      wires.add(wire);
      this.#socket.addEventListener("close", () => {
        this.#up.stop();
        wires.delete(wire);
      });
    }

    get binaryType(): string {
      return this.#socket.binaryType;
    }

    set binaryType(type: string) {
      this.#socket.binaryType = type;
    }

    get readyState(): number {
      return this.#socket.readyState;
    }

    get bufferedAmount(): number {
      return this.#socket.bufferedAmount + this.#up.heldBytes;
    }

    send(data: Uint8Array<ArrayBuffer>): void {
      this.#up.send(data.length, () => {
        if (this.#socket.readyState === OPEN) this.#socket.send(data);
      });
    }

    close(code?: number, reason?: string): void {
      this.#up.stop();
      this.#down.stop();
      this.#socket.close(code, reason);
    }

    addEventListener(type: "message" | "close" | "error", listener: (event: never) => void): void {
      const late = (event: unknown) => this.#down.send(0, () => listener(event as never));
      this.#socket.addEventListener(type as "message", late);
    }
  };
}

const OPEN = 1;
