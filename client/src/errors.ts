/**
 * Why something failed, as a closed set:
 *
 * - `aborted`: the caller's signal fired
 * - `unreachable`: the network or the server did not answer, or refused the WebSocket
 * - `timeout`: the server answered but did not get on with it
 * - `refused`: the request itself is wrong (an unknown game, say)
 * - `busy`: full, draining or too many requests; `retryAfter` may say when to come back
 * - `expired`: the ticket found no match in time
 * - `cancelled`: the ticket was cancelled
 * - `closed`: the room closed before the first state came
 * - `protocol`: the server sent bytes that break the protocol
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

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.name = "RondoError";
    this.code = code;
    this.retryAfter = details.retryAfter;
  }
}

/**
 * Bytes from the server that break PROTOCOL.md. The connection they came on is lost. The message
 * names the rule, or says what is wrong where it is no rule's alone.
 */
export class ProtocolError extends RondoError {
  constructor(what: string) {
    super("protocol", what);
    this.name = "ProtocolError";
  }
}
