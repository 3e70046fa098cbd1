import { RondoError } from "./errors.js";

/** Seconds that one poll may wait on the server. */
const POLL_SECONDS = 30;

/** Milliseconds between two polls, so that a server that answers at once is not asked in a tight loop. */
const POLL_PAUSE = 250;

const STATUSES = ["queued", "matched", "expired", "cancelled"] as const;

/** How to reach the matchmaker. */
export interface AskOptions {
  /** Ends the wait. */
  signal?: AbortSignal | undefined;
  /** Stands in for the global fetch. */
  fetch?: typeof fetch | undefined;
}

/** What to ask the matchmaker for. `signal` ends the wait and cancels the ticket. */
export interface MatchOptions extends AskOptions {
  /** The game's name. */
  game: string;
  /** One of the game's modes; "quick" where it is not given. */
  mode?: string | undefined;
  /** What the matchmaker's rules go by. */
  attributes?: Readonly<Record<string, unknown>> | undefined;
  /** The player's account token, where the server knows accounts. */
  account?: string | undefined;
  /** Asked whether to play a match, where the mode wants that; accepts at once where it is not given. */
  accept?: ((proposal: Proposal) => boolean | Promise<boolean>) | undefined;
  /** A seat in this room, which is not private, or in none. */
  room?: string | undefined;
  /** A seat in the room that has this code, or in none. */
  code?: string | undefined;
  /** To watch the room, not to play in it. */
  watch?: boolean | undefined;
}

/** A seat in a room: open `url` with `token`, within 30 s and once. */
export interface Assignment {
  readonly url: string;
  readonly room: string;
  readonly token: string;
  /** Lets friends into the same room, where it is there. */
  readonly code?: string | undefined;
}

/** A match that waits for all its tickets to accept it. */
export interface Proposal {
  /** Seconds left to accept. */
  readonly left_s: number;
  readonly tickets: number;
  /** How many of them have accepted. */
  readonly accepted: number;
  /** Whether this one has. */
  readonly yours: boolean;
}

interface Ticket {
  readonly id: string;
  readonly status: (typeof STATUSES)[number];
  readonly assignment?: Partial<Assignment>;
  readonly proposal?: Proposal;
}

/**
 * Asks for a ticket and waits until it is matched (JOIN-1).
 *
 * @param server the address of the API, such as `https://play.example.com`
 * @throws RondoError `aborted`, `unreachable`, `refused`, `busy`, `expired` or `cancelled`
 */
export async function match(server: string | URL, options: MatchOptions): Promise<Assignment> {
  const api = new TicketApi(server, options);
  let ticket = await api.create(options);
  try {
    while (ticket.status === "queued") {
      ticket = await api.wait(ticket.id);
      const { proposal } = ticket;
      if (proposal && !proposal.yours) {
        await api.answer(ticket.id, (await options.accept?.(proposal)) ?? true);
      }
      if (ticket.status === "queued") await pause(POLL_PAUSE, options.signal);
    }
  } catch (error) {
    api.cancel(ticket.id);
    throw error;
  }
  return assignmentOf(ticket);
}

function assignmentOf(ticket: Ticket): Assignment {
  if (ticket.status === "expired") throw new RondoError("expired", "no match came in time");
  if (ticket.status === "cancelled") throw new RondoError("cancelled", "the ticket was cancelled");
  const { url, room, token, code } = ticket.assignment ?? {};
  if (typeof url !== "string" || typeof room !== "string" || typeof token !== "string") {
    throw new RondoError("protocol", "the assignment names no room");
  }
  return { url, room, token, code };
}

class TicketApi {
  readonly #base: URL;
  readonly #options: MatchOptions;

  constructor(server: string | URL, options: MatchOptions) {
    this.#base = new URL("/v1/tickets", server);
    this.#options = options;
  }

  create(options: MatchOptions): Promise<Ticket> {
    const { game, mode = "quick", attributes = {}, room, code, watch } = options;
    return this.#post(this.#base, { game, mode, attributes, room, code, watch });
  }

  /** Answers a proposal; that it has failed meanwhile (409) is seen at the next poll. */
  async answer(id: string, accept: boolean): Promise<void> {
    await this.#post(this.#of(id, "/answer"), { accept }).catch((error) => {
      if (error.code !== "refused") throw error;
    });
  }

  #post(url: URL, body: object): Promise<Ticket> {
    return this.#ask(url, post(body, this.#options.account));
  }

  wait(id: string): Promise<Ticket> {
    return this.#ask(this.#of(id, `?wait=${POLL_SECONDS}s`), {});
  }

  /** Tells the server that nobody waits any more; whether it hears that does not matter. */
  cancel(id: string): void {
    const { fetch: call = fetch } = this.#options;
    call(this.#of(id), { method: "DELETE", keepalive: true }).catch(() => undefined);
  }

  #of(id: string, end = ""): URL {
    return new URL(`${this.#base.pathname}/${encodeURIComponent(id)}${end}`, this.#base);
  }

  async #ask(url: URL, init: RequestInit): Promise<Ticket> {
    return parseTicket(await ask(url, init, this.#options));
  }
}

/** A request that carries a value as JSON. */
export function post(value: unknown, account?: string): RequestInit {
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (account) headers.authorization = `Bearer ${account}`;
  return { method: "POST", headers, body: JSON.stringify(value) };
}

/**
 * Asks the matchmaker and returns the text of its answer.
 *
 * @throws RondoError `aborted`, `unreachable`, `refused` or `busy`
 */
export async function ask(
  url: URL,
  init: RequestInit,
  { signal, fetch: call = fetch }: AskOptions,
): Promise<string> {
  let response: Response;
  try {
    response = await call(url, { ...init, signal: signal ?? null });
  } catch (cause) {
    if (signal?.aborted) throw aborted(signal);
    throw new RondoError("unreachable", `${url.origin} does not answer`, { cause });
  }
  const text = await response.text();
  if (!response.ok) throw refusal(response, text);
  return text;
}

/** The seat of a ticket that is matched already. */
export function seatOf(text: string): Assignment {
  return assignmentOf(parseTicket(text));
}

function parseTicket(text: string): Ticket {
  const ticket = parseJson(text) as Partial<Ticket> | undefined;
  if (typeof ticket?.id !== "string" || !STATUSES.some((status) => status === ticket.status)) {
    throw new RondoError("protocol", "the answer is no ticket");
  }
  return ticket as Ticket;
}

/** The error that stands for an HTTP status of the matchmaker. */
function refusal(response: Response, text: string): RondoError {
  const code = response.status === 429 || response.status >= 500 ? "busy" : "refused";
  const seconds = Number.parseInt(response.headers.get("retry-after") ?? "", 10);
  const retryAfter = Number.isFinite(seconds) ? seconds : undefined;
  const message = `the matchmaker answers ${response.status}: ${reason(text)}`;
  return new RondoError(code, message, { retryAfter });
}

/** What a problem document (RFC 9457) says for people, or the text itself. */
function reason(text: string): string {
  const problem = parseJson(text) as { detail?: string; title?: string } | undefined;
  return problem?.detail ?? problem?.title ?? text.trim();
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
  }
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(aborted(signal));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}

/** The error for a caller who changed their mind. */
export function aborted(signal: AbortSignal | undefined): RondoError {
  return new RondoError("aborted", "the caller gave up", { cause: signal?.reason });
}
