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

/** Bytes that may wait in the socket, about six inputs: beyond, it is backed up, and what waits grows old. */
const MAX_BUFFERED = 512;

/** Whether what is sent now would wait: the socket is backed up or not open. */
export function isBusy({ readyState, bufferedAmount }: SocketLike): boolean {
  return readyState !== OPEN || bufferedAmount > MAX_BUFFERED;
}
