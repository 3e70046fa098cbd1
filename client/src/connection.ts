import { RondoError } from "./errors.js";
import { type CloseInfo, closeInfo, NORMAL } from "./verdict.js";

/** The part of the WebSocket interface that is used; a browser's and `ws` both have it. */
export interface SocketLike {
  binaryType: string;
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(data: Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: "message", listener: (event: { data: unknown }) => void): void;
  addEventListener(
    type: "close",
    listener: (event: { code: number; reason: string }) => void,
  ): void;
  addEventListener(type: "error", listener: () => void): void;
}

/** A constructor such as the global WebSocket. */
export type SocketConstructor = new (url: string, protocols: string[]) => SocketLike;

/** Who hears from a connection. */
export interface ConnectionEvents {
  /** A binary message; a message of text comes as undefined. */
  message(bytes: Uint8Array | undefined): void;
  /** The end. It comes once and is the last. */
  close(info: CloseInfo): void;
}

const OPEN = 1;

/** Bytes that may wait in the socket, about six inputs: beyond, it is backed up, and what waits grows old. */
const MAX_BUFFERED = 512;

/** A WebSocket to one room, with its token in the subprotocols (JOIN-2). */
export class Connection {
  readonly #socket: SocketLike;
  readonly #events: ConnectionEvents;
  #closed = false;

  /**
   * Opens the connection; that it cannot be reached comes as a close.
   *
   * @throws RondoError `refused` where the address or the token cannot be one
   */
  constructor(url: string, token: string, Socket: SocketConstructor, events: ConnectionEvents) {
    this.#events = events;
    this.#socket = open(Socket, url, token);
    this.#socket.binaryType = "arraybuffer";
    this.#socket.addEventListener("message", ({ data }) => this.#receive(data));
    this.#socket.addEventListener("close", ({ code, reason }) =>
      this.#end(closeInfo(code, reason)),
    );
    // An error says nothing, and a close follows it.
    this.#socket.addEventListener("error", () => undefined);
  }

  /** Hands a message to the socket. Returns false, and drops it, where the socket is backed up or not open. */
  send(bytes: Uint8Array<ArrayBuffer>): boolean {
    if (this.#socket.readyState !== OPEN || this.#socket.bufferedAmount > MAX_BUFFERED) {
      return false;
    }
    this.#socket.send(bytes);
    return true;
  }

  /** Ends the connection; its close event comes before this returns. */
  close(info: CloseInfo = closeInfo(NORMAL, "")): void {
    this.#socket.close(info.code, brief(info.reason));
    this.#end(info);
  }

  #receive(data: unknown): void {
    if (this.#closed) return;
    this.#events.message(data instanceof ArrayBuffer ? new Uint8Array(data) : undefined);
  }

  #end(info: CloseInfo): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#events.close(info);
  }
}

/** A reason that a close frame can hold: 123 bytes are the most, and names in it are the server's. */
function brief(reason: string): string {
  return reason.replace(/[^ -~]/g, "?").slice(0, 120);
}

function open(Socket: SocketConstructor, url: string, token: string): SocketLike {
  try {
    return new Socket(url, ["rondo.v1", `rondo.token.${token}`]);
  } catch (cause) {
    throw new RondoError("refused", `${url} is no WebSocket's`, { cause });
  }
}
