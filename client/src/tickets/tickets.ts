import { RondoError } from "../errors.js";
import type { Assignment, Proposal } from "../match.js";

const PROTOCOL = "rondo.tickets.v1";

/** The close code of a client that leaves of its own accord. */
const NORMAL = 1000;

/** The part of the WebSocket interface that is used; a browser's and `ws` both have it. */
export interface TextSocket {
  send(text: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: "open" | "error", listener: () => void): void;
  addEventListener(type: "message", listener: (event: { data: unknown }) => void): void;
  addEventListener(
    type: "close",
    listener: (event: { code: number; reason: string }) => void,
  ): void;
}

/** A constructor such as the global WebSocket. */
export type TextSocketConstructor = new (url: string, protocols: string[]) => TextSocket;

/** What is known of a player, as far as the mode asks. */
export interface Player {
  /** Points; where the server keeps ratings, those of an account count instead. */
  skill?: number | undefined;
  /** How uncertain `skill` is: a standard deviation. */
  sigma?: number | undefined;
  /** Round trip to each region, in ms. */
  latency?: Readonly<Record<string, number>> | undefined;
  /** The player's account token, where the server knows accounts. */
  account?: string | undefined;
}

/** Where a ticket stands in its queue. */
export interface Place {
  /** About how many tickets of the mode came earlier and wait. */
  readonly ahead: number;
  /** Seconds that it waits. */
  readonly waited: number;
}

/** What to ask the matchmaker for. */
export interface TicketOptions extends Player {
  /** The game's name. */
  game: string;
  /** One of the game's modes; "quick" where it is not given. */
  mode?: string | undefined;
  /** What the matchmaker's rules go by. */
  attributes?: Readonly<Record<string, unknown>> | undefined;
  /** Who plays together and stays together, in place of the one player's skill, sigma, latency and account. */
  party?: readonly Player[] | undefined;
  /** The same key gets the same ticket: for who asks again after the connection broke. */
  key?: string | undefined;
  /** Leaves the ticket queued for a while where the connection breaks, for who asks again with the same `key`. */
  keep?: boolean | undefined;
  /** Asked whether to play a match, where the mode wants that; accepts at once where it is not given. */
  accept?: ((proposal: Proposal) => boolean | Promise<boolean>) | undefined;
  /** Hears how the ticket waits, at once and every ten seconds. */
  waiting?: ((place: Place) => void) | undefined;
  /** Ends the wait and cancels the ticket. */
  signal?: AbortSignal | undefined;
  /** Stands in for the global WebSocket, which Node 20 does not have. */
  WebSocket?: TextSocketConstructor | undefined;
}

/** A seat in a room; of a party the seats of all. */
export interface TicketAssignment extends Assignment {
  /** Of a party of several: a token for each of its players, in their order. */
  readonly tokens?: readonly string[];
  /** Of a mode with rules: the team, from 0. */
  readonly team?: number;
  /** Of a mode with regions: where the match is. */
  readonly region?: string;
}

/** What the server tells; see TICKET in PROTOCOL.md. */
interface Told {
  readonly event?: string;
  readonly ticket?: {
    readonly id: string;
    readonly status: string;
    readonly reason?: string;
    readonly assignment?: TicketAssignment;
    readonly proposal?: Proposal;
  };
  readonly ahead?: number;
  readonly waited_s?: number;
  readonly status?: number;
  readonly detail?: string;
  readonly retry_after_s?: string;
}

/**
 * Asks for a ticket over a WebSocket and waits until it is matched. The server tells each change by
 * itself, and cancels the ticket where the connection breaks.
 *
 * @param server the address of the API, such as `https://play.example.com`
 * @throws RondoError `aborted`, `unreachable`, `refused`, `busy`, `expired`, `cancelled` or `protocol`
 */
export function match(server: string | URL, options: TicketOptions): Promise<TicketAssignment> {
  return new Promise((resolve, reject) => {
    const { signal } = options;
    if (signal?.aborted) return reject(aborted(signal));
    const wait = new Wait(open(server, options), options, (outcome) => {
      signal?.removeEventListener("abort", abort);
      if (outcome instanceof RondoError) reject(outcome);
      else resolve(outcome);
    });
    const abort = () => wait.end(aborted(signal));
    signal?.addEventListener("abort", abort);
  });
}

/** One ticket's life on one channel. */
class Wait {
  readonly #socket: TextSocket;
  readonly #options: TicketOptions;
  readonly #done: (outcome: TicketAssignment | RondoError) => void;
  #id: string | undefined;
  #asked = false;
  #ended = false;

  constructor(
    socket: TextSocket,
    options: TicketOptions,
    done: (outcome: TicketAssignment | RondoError) => void,
  ) {
    this.#socket = socket;
    this.#options = options;
    this.#done = done;
    socket.addEventListener("open", () => this.#create());
    socket.addEventListener("message", ({ data }) => this.#hear(data));
    socket.addEventListener("error", () => undefined); // it says nothing, and a close follows it
    socket.addEventListener("close", ({ code, reason }) => this.end(lost(code, reason)));
  }

  /** Ends the wait once; what comes later changes nothing. */
  end(outcome: TicketAssignment | RondoError): void {
    if (this.#ended) return;
    this.#ended = true;
    // A kept ticket outlives its channel, but not the wish for it.
    if (this.#id !== undefined && outcome instanceof RondoError && outcome.code === "aborted") {
      this.#say({ do: "cancel", id: this.#id });
    }
    this.#socket.close(NORMAL);
    this.#done(outcome);
  }

  #create(): void {
    const { game, mode, attributes, skill, sigma, latency, account, party, key, keep } =
      this.#options;
    const ticket = { game, mode, attributes, skill, sigma, latency, account, party };
    this.#say({ do: "create", key, keep, ticket });
  }

  #say(order: object): void {
    this.#socket.send(JSON.stringify(order));
  }

  #hear(data: unknown): void {
    const told = parse(data);
    if (this.#ended) return;
    if (told?.event === "error") this.#refused(told);
    else if (told?.event === "ticket" && told.ticket !== undefined) this.#stands(told);
    else this.end(new RondoError("protocol", "TICKET-3: neither a ticket nor an error"));
  }

  /** An order was not carried out. That a proposal has failed before it was answered is told by the ticket. */
  #refused({ status = 0, detail = "", retry_after_s }: Told): void {
    if (status === 409 && this.#id !== undefined) return;
    const code = status === 429 || status >= 500 ? "busy" : "refused";
    const retryAfter = retry_after_s === undefined ? undefined : Number(retry_after_s);
    const message = `the matchmaker answers ${status}: ${detail}`;
    this.end(new RondoError(code, message, { retryAfter }));
  }

  #stands({ ticket, ahead, waited_s }: Told): void {
    if (ticket === undefined) return;
    this.#id = ticket.id;
    if (ticket.status !== "queued") {
      this.end(outcomeOf(ticket));
      return;
    }
    if (ahead !== undefined && waited_s !== undefined) {
      this.#options.waiting?.({ ahead, waited: waited_s });
    }
    const { proposal } = ticket;
    if (proposal === undefined) this.#asked = false;
    else if (!this.#asked && !proposal.yours) this.#ask(ticket.id, proposal);
  }

  /** Asks the player once a proposal, however often it is told. */
  async #ask(id: string, proposal: Proposal): Promise<void> {
    this.#asked = true;
    try {
      const accept = (await this.#options.accept?.(proposal)) ?? true;
      if (!this.#ended) this.#say({ do: "answer", id, accept });
    } catch (cause) {
      this.end(new RondoError("aborted", "the answer to a proposal failed", { cause }));
    }
  }
}

function outcomeOf({
  status,
  reason = "",
  assignment,
}: NonNullable<Told["ticket"]>): TicketAssignment | RondoError {
  if (status === "expired" || status === "cancelled") return new RondoError(status, reason);
  const { url, room, token } = assignment ?? {};
  if (typeof url === "string" && typeof room === "string" && typeof token === "string") {
    return assignment as TicketAssignment;
  }
  return new RondoError("protocol", "the assignment names no room");
}

/** The error for a channel that ended before the ticket did. */
function lost(code: number, reason: string): RondoError {
  const kind = code === 1001 || code === 4004 ? "busy" : "unreachable";
  return new RondoError(kind, `the ticket channel closed (${code}) ${reason}`);
}

function open(server: string | URL, options: TicketOptions): TextSocket {
  const Socket = options.WebSocket ?? globalThis.WebSocket;
  if (Socket === undefined) {
    throw new RondoError("refused", "no WebSocket here: give one in the options");
  }
  const url = new URL("/v1/tickets/socket", server);
  url.protocol = url.protocol.replace("http", "ws");
  return new Socket(url.href, [PROTOCOL]);
}

function parse(data: unknown): Told | undefined {
  try {
    return JSON.parse(String(data)) ?? undefined;
  } catch {
    return undefined;
  }
}

function aborted(signal: AbortSignal | undefined): RondoError {
  return new RondoError("aborted", "the caller gave up", { cause: signal?.reason });
}
