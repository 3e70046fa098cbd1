import { Connection, type ConnectionEvents, type SocketConstructor } from "./connection.js";
import { parseServerFrame } from "./descriptor.js";
import { ProtocolError, RondoError } from "./errors.js";
import { type Assignment, aborted, type MatchOptions, match } from "./match.js";
import { Room } from "./room.js";
import type { SchemaRef, SchemaTypes } from "./schema.js";
import { Session } from "./session.js";
import { BAD_MESSAGE, type CloseInfo, closeInfo, NORMAL } from "./verdict.js";

/** Milliseconds from opening the WebSocket to the first state. */
const TIMEOUT = 10_000;

/** How to open a room's connection. */
export interface ConnectOptions {
  /** Ends the attempt; of no effect once the room is joined. */
  signal?: AbortSignal | undefined;
  /** Stands in for the global WebSocket, which Node 20 does not have. */
  WebSocket?: SocketConstructor | undefined;
}

/** How to join: what to ask the matchmaker for, and how to reach it. */
export type JoinOptions = ConnectOptions & Partial<MatchOptions>;

/**
 * Gets a seat from the matchmaker, opens it and waits for the first state.
 *
 * @param server the address of the API, such as `https://play.example.com`
 * @param schema what `rondo gen` wrote for the game
 * @throws RondoError with the code that says why
 */
export async function join<S extends SchemaTypes>(
  server: string | URL,
  schema: SchemaRef<S>,
  options: JoinOptions = {},
): Promise<Room<S>> {
  const assignment = await match(server, { ...options, game: options.game ?? schema.name });
  return connect(assignment, schema, options);
}

/**
 * Opens a seat that a matchmaker gave and waits for the first state.
 *
 * @throws RondoError `aborted`, `unreachable`, `timeout`, `closed` or `protocol`
 */
export function connect<S extends SchemaTypes>(
  assignment: Assignment,
  schema: SchemaRef<S>,
  options: ConnectOptions = {},
): Promise<Room<S>> {
  return new Promise((resolve, reject) => {
    const { signal } = options;
    if (signal?.aborted) return reject(aborted(signal));
    const opening = new Opening(assignment, socketOf(options), {
      playing: (session, leave) => settle(() => resolve(new Room(session, schema, leave))),
      failed: (error) => settle(() => reject(error)),
    });
    const abort = () => opening.fail(aborted(signal));
    const late = () => opening.fail(new RondoError("timeout", "no state came in time"));
    const timer = setTimeout(late, TIMEOUT);
    signal?.addEventListener("abort", abort);
    function settle(done: () => void): void {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      done();
    }
  });
}

function socketOf(options: ConnectOptions): SocketConstructor {
  const Socket = options.WebSocket ?? globalThis.WebSocket;
  if (Socket === undefined) {
    throw new RondoError("refused", "no WebSocket here: give one in the options");
  }
  return Socket;
}

/** Who hears how an attempt went: one call of one of the two. */
interface Attempt {
  playing(session: Session, leave: () => void): void;
  failed(error: RondoError): void;
}

/** Leads a connection from opening over welcomed and playing to closed. */
class Opening implements ConnectionEvents {
  readonly #attempt: Attempt;
  readonly #connection: Connection;
  #session: Session | undefined;
  #failure: RondoError | undefined;
  #playing = false;

  constructor({ url, token }: Assignment, Socket: SocketConstructor, attempt: Attempt) {
    this.#attempt = attempt;
    this.#connection = new Connection(url, token, Socket, this);
  }

  message(bytes: Uint8Array | undefined): void {
    try {
      if (bytes === undefined) throw new ProtocolError("JOIN-4");
      this.#receive(bytes);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.fail(error);
    }
  }

  close(info: CloseInfo): void {
    if (this.#playing) this.#session?.close(info);
    else this.#attempt.failed(this.#failure ?? failureOf(info, this.#session !== undefined));
  }

  /** Ends the connection for a reason of this side: bad bytes lead to a new ticket, after a pause. */
  fail(error: RondoError): void {
    this.#failure = error;
    const code = error instanceof ProtocolError ? BAD_MESSAGE : NORMAL;
    this.#connection.close({ ...closeInfo(code, error.message), verdict: "backoff" });
  }

  #receive(bytes: Uint8Array): void {
    if (this.#session === undefined) {
      this.#session = this.#welcome(bytes);
      return;
    }
    this.#session.receive(bytes, performance.now());
    if (this.#playing || this.#session.newest === undefined) return;
    this.#playing = true;
    this.#attempt.playing(this.#session, () => this.#connection.close());
  }

  #welcome(bytes: Uint8Array): Session {
    const { welcome } = parseServerFrame(bytes);
    if (welcome === undefined) throw new ProtocolError("JOIN-5");
    return new Session(welcome, (frame) => this.#connection.send(frame));
  }
}

/** The error for a connection that closed before the first state. */
function failureOf({ code, name, reason }: CloseInfo, welcomed: boolean): RondoError {
  if (!welcomed) {
    return new RondoError("unreachable", `the node refused the connection (${code})`);
  }
  return new RondoError("closed", `closed before the first state: ${name} ${reason}`);
}
