import type { SocketLike } from "../../src/connection.js";
import { readClientFrame } from "./clientframe.js";

type Listener = (event: never) => void;

/** A WebSocket whose other end is the test. */
export class FakeSocket implements SocketLike {
  /** The socket that was opened last, and all. */
  static last: FakeSocket;
  static all: FakeSocket[] = [];

  readonly url: string;
  readonly protocols: string[];
  readonly sent: Uint8Array[] = [];
  binaryType = "blob";
  readyState = 0;
  bufferedAmount = 0;
  closedWith: { code?: number | undefined; reason?: string | undefined } | undefined;
  readonly #listeners = new Map<string, Listener>();

  constructor(url: string, protocols: string[]) {
    if (url.startsWith("bad")) throw new SyntaxError("not an address");
    this.url = url;
    this.protocols = protocols;
    FakeSocket.last = this;
    FakeSocket.all.push(this);
  }

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.set(type, listener);
  }

  send(data: Uint8Array): void {
    this.sent.push(data);
  }

  close(code?: number, reason?: string): void {
    this.closedWith ??= { code, reason };
  }

  /** The server accepts. */
  open(): void {
    this.readyState = 1;
  }

  /** A message of the server comes. */
  receive(bytes: Uint8Array): void {
    this.#call("message", { data: bytes.slice().buffer });
  }

  /** A message of text comes. */
  receiveText(text: string): void {
    this.#call("message", { data: text });
  }

  /** The connection ends. */
  end(code: number, reason = ""): void {
    this.readyState = 3;
    this.#call("close", { code, reason });
  }

  /** The frames that were sent since the last call. */
  frames() {
    return this.sent.splice(0).map(readClientFrame);
  }

  #call(type: string, event: object): void {
    this.#listeners.get(type)?.(event as never);
  }
}
