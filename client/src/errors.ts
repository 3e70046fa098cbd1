/**
 * Why something failed, as a closed set:
 *
 * - `aborted`: the caller's signal fired
 * - `unreachable`: the network or the server did not answer, or refused the WebSocket
 * - `timeout`: no state came within 10 s of opening the WebSocket
 * - `refused`: the same again would fail again: an unknown game, say, or the room closed before its
 *   first state with the verdict `never`
 * - `busy`: full, draining or too many requests; `retryAfter` may say when to come back
 * - `expired`: the ticket found no match in time
 * - `cancelled`: the ticket was cancelled
 * - `closed`: the room closed before its first state with another verdict; `retryAfter` is 0 where
 *   that is to retry at once
 * - `protocol`: the server sent what breaks the protocol, or speaks another version of it
 */
export type ErrorCode =
  | "aborted"
  | "unreachable"
  | "timeout"
  | "refused"
  | "busy"
  | "expired"
  | "cancelled"
  | "closed"
  | "protocol";

/** What else is known about a failure. */
export interface ErrorDetails {
  /** Seconds to wait before the next try, where the server said so. */
  retryAfter?: number | undefined;
  /** What threw underneath. */
  cause?: unknown;
}

/** The one error class that this package rejects and throws with. */
export class RondoError extends Error {
  /** Why, for programs; the message is for people. */
  readonly code: ErrorCode;
  /** Seconds to wait before the next try; undefined where nobody said. */
  readonly retryAfter: number | undefined;

  constructor(code: ErrorCode, message: string, { retryAfter, cause }: ErrorDetails = {}) {
    super(message, { cause });
    this.name = "RondoError";
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

/**
 * Bytes from the server that break PROTOCOL.md. The connection they came on is lost. The message
 * names the rule, or says what is wrong where it is no rule's alone.
 */
export class ProtocolError extends RondoError {
  constructor(what: string) {
    super("protocol", what);
  }
}
