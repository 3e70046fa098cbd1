import { RondoError } from "./errors.js";
import { MAX_BUFFERED } from "./knobs.js";

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

const OPEN = 1;

/** Whether what is sent now would wait: the socket is backed up or not open. */
export function isBusy({ readyState, bufferedAmount }: SocketLike): boolean {
  return readyState !== OPEN || bufferedAmount > MAX_BUFFERED;
}

/**
 * Opens a WebSocket to a room; that it cannot be reached comes as a close.
 *
 * @param Socket what makes it; undefined where there are none
 * @param pass the subprotocol that has the token or the secret (JOIN-2, RESUME-3)
 * @throws RondoError `refused` where the address cannot be one, or there are no WebSockets
 */
export function openSocket(
  Socket: SocketConstructor | undefined,
  url: string,
  pass: string,
): SocketLike {
  try {
    const socket = new (Socket as SocketConstructor)(url, ["rondo.v1", pass]);
    socket.binaryType = "arraybuffer";
    return socket;
  } catch (cause) {
    throw new RondoError("refused", `no WebSocket to ${url}: are there any here?`, { cause });
  }
}
