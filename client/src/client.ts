import type { SocketConstructor, SocketLike } from "./connection.js";
import { parseServerFrame } from "./descriptor.js";
import { ProtocolError, RondoError } from "./errors.js";
import { LOOK, MOST_QUIET } from "./knobs.js";
import { BAD_MESSAGE, CUT, NORMAL } from "./protocol.js";
import { Session } from "./session.js";
import { type CloseInfo, closeInfo, isCut, resumePause } from "./verdict.js";

/** What leads back to a seat, by a page that is loaded anew too (RESUME-11). Whoever has it has the seat. */
export interface Resumption {
  /** The url of the assignment. */
  readonly url: string;
  /** The newest secret. */
  readonly secret: string;
  /** The attempts to resume so far. */
  readonly attempt: number;
}

/** What a client begins with: the token of an assignment, or the way back to a seat. */
export type Entrance = { readonly url: string; readonly token: string } | Resumption;

/** What a client does things by, and who hears of it. */
export interface Surroundings {
  readonly Socket: SocketConstructor | undefined;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  /** Whether the ticket API answers: if so it is not the network that makes attempts fail. */
  readonly reachable?: () => Promise<boolean>;
  /** Keeps the way back to the seat; undefined where there is none any more. */
  readonly keep?: (seat: Resumption | undefined) => void;
  /** The first state came. */
  readonly playing: (session: Session) => void;
  /** It ended; of what came before the first state the first counts. */
  readonly failed: (error: RondoError) => void;
}

/**
 * Leads a player from opening over welcomed and playing to closed, and after a cut back to the seat
 * by another socket (RESUME):
 *
 *     token --> socket --> Welcome --> Session --> first state --> playing
 *                 ^----- pause <--- cut <------------'
 */
export class Client {
  readonly #around: Surroundings;
  readonly #url: string;
  #secret: string | undefined;
  #attempt = 0;
  /** The one that opens or is open. */
  #socket: SocketLike | undefined;
  #session: Session | undefined;
  /** How the connection was cut, until another one has its Welcome. */
  #cut: CloseInfo | undefined;
  /** Attempts that failed since, and whether the ticket API answered after one. */
  #failed = 0;
  #reached = false;
  /** Looks since the last message. */
  #quiet = 0;
  readonly #watch = setInterval(() => {
    const dead = ++this.#quiet > MOST_QUIET && this.#socket && this.#secret;
    if (dead) this.#hangUp(closeInfo(CUT, "silent"));
  }, LOOK);
  #pause: ReturnType<typeof setTimeout> | undefined;
  #grace: ReturnType<typeof setTimeout> | undefined;

  constructor(entrance: Entrance, around: Surroundings) {
    this.#around = around;
    this.#url = entrance.url;
    if ("token" in entrance) {
      this.#open("", `rondo.token.${entrance.token}`);
    } else {
      this.#secret = entrance.secret;
      this.#attempt = entrance.attempt;
      this.#lost(closeInfo(CUT));
    }
  }

  /** Gives the seat back. */
  leave(): void {
    this.#hangUp(closeInfo(NORMAL));
  }

  /** Ends all for a reason of this side: bad bytes lead to a new ticket, after a pause. */
  fail(error: RondoError): void {
    this.#around.failed(error);
    const code = error instanceof ProtocolError ? BAD_MESSAGE : NORMAL;
    this.#hangUp({ ...closeInfo(code, error.message), verdict: "backoff" });
  }

  /** Opens a socket; the query begins with its sign, and is empty for none. */
  #open(query: string, pass: string): void {
    this.#quiet = 0;
    this.#try(() => {
      const socket = openSocket(this.#around.Socket, this.#url + query, pass);
      this.#socket = socket;
      socket.addEventListener("message", ({ data }) => {
        if (socket === this.#socket) this.#try(() => this.#receive(data, socket));
      });
      socket.addEventListener("close", ({ code, reason }) => {
        if (socket === this.#socket) this.#lost(closeInfo(code, reason));
      });
      // An error says nothing, and a close follows it.
      socket.addEventListener("error", () => undefined);
    });
  }

  #receive(data: unknown, socket: SocketLike): void {
    if (!(data instanceof ArrayBuffer)) throw new ProtocolError("JOIN-4");
    this.#quiet = 0;
    const bytes = new Uint8Array(data);
    const session = this.#session;
    if (session === undefined || this.#cut) {
      this.#welcome(bytes, socket);
      return;
    }
    const { newest } = session;
    session.receive(bytes, performance.now());
    if (newest === undefined && session.newest) this.#around.playing(session);
  }

  #welcome(bytes: Uint8Array, socket: SocketLike): void {
    const { welcome } = parseServerFrame(bytes);
    if (welcome === undefined) throw new ProtocolError("JOIN-5");
    this.#secret = welcome.secret;
    this.#keep();
    this.#cut = undefined;
    clearTimeout(this.#grace);
    if (this.#session) this.#session.resume(welcome, socket);
    else this.#session = new Session(welcome, socket);
  }

  /** The socket is gone: goes for the seat again, after a pause, where that is kept (RESUME-10). */
  #lost(info: CloseInfo): void {
    this.#socket = undefined;
    if (!this.#secret || !isCut(info)) this.#end(info);
    else if (this.#cut === undefined) this.#leave(info);
    else if (this.#reached) this.#end(this.#cut);
    else this.#miss();
  }

  #leave(info: CloseInfo): void {
    this.#cut = info;
    this.#failed = 0;
    this.#reached = false;
    this.#retry();
    if (this.#session === undefined) return;
    this.#grace = setTimeout(() => this.#end(info), this.#session.welcome.grace);
    this.#session.cut(info);
  }

  /** An attempt failed. Whether that was the network's fault counts for the next one. */
  #miss(): void {
    this.#failed++;
    this.#retry();
    this.#around.reachable?.().then(
      (reached) => {
        this.#reached = reached;
      },
      () => undefined, // nor does the API
    );
  }

  #retry(): void {
    const pause = resumePause(this.#failed, this.#around.random());
    this.#pause = setTimeout(() => {
      const session = this.#session;
      const held = session?.held ? `&tick=${session.held}` : "";
      const heard = session ? `&heard=${session.heard}` : "";
      const query = `${this.#url.includes("?") ? "&" : "?"}attempt=${++this.#attempt}${heard}${held}`;
      this.#keep();
      this.#open(query, `rondo.resume.${this.#secret}`);
    }, pause);
  }

  #hangUp(info: CloseInfo): void {
    this.#socket?.close(info.code, brief(info.reason));
    this.#lost(info);
  }

  #end(info: CloseInfo): void {
    clearInterval(this.#watch);
    clearTimeout(this.#pause);
    clearTimeout(this.#grace);
    this.#socket?.close(NORMAL);
    this.#socket = undefined;
    this.#around.keep?.(undefined);
    this.#around.failed(failureOf(info, this.#session));
    this.#session?.close(info);
  }

  #keep(): void {
    if (this.#secret)
      this.#around.keep?.({ url: this.#url, secret: this.#secret, attempt: this.#attempt });
  }

  #try(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (!(error instanceof RondoError)) throw error;
      this.fail(error);
    }
  }
}

/**
 * Opens a WebSocket to a room; that it cannot be reached comes as a close.
 *
 * @param Socket what makes it; undefined where there are none
 * @param pass the subprotocol that has the token or the secret (JOIN-2, RESUME-3)
 * @throws RondoError `refused` where the address cannot be one, or there are no WebSockets
 */
function openSocket(Socket: SocketConstructor | undefined, url: string, pass: string): SocketLike {
  try {
    const socket = new (Socket as SocketConstructor)(url, ["rondo.v1", pass]);
    socket.binaryType = "arraybuffer";
    return socket;
  } catch (cause) {
    throw new RondoError("refused", `no WebSocket to ${url}: are there any here?`, { cause });
  }
}

/** A reason that a close frame can hold: 123 bytes are the most, and names in it are the server's. */
function brief(reason: string): string {
  return reason.replace(/[^ -~]/g, "?").slice(0, 120);
}

/** The error for a connection that closed before the first state. */
function failureOf({ code, verdict, reason }: CloseInfo, session: Session | undefined) {
  if (session === undefined) return new RondoError("unreachable", `no connection (${code})`);
  const retryAfter = verdict === "retry" ? 0 : undefined;
  const why = `closed: ${code} ${reason}`;
  return new RondoError(verdict === "never" ? "refused" : "closed", why, { retryAfter });
}
