import { RondoError } from "./errors.js";
import { POLL_PAUSE, POLL_SECONDS } from "./knobs.js";

/** How to reach the matchmaker. */
export interface AskOptions {
  /** The player's account token, where the server knows accounts. */
  account?: string | undefined;
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
  /** A seat in this room, which is not private, or in none. */
  room?: string | undefined;
  /** A seat in the room that has this code, or in none. */
  code?: string | undefined;
  /** To watch the room, not to play in it. */
  watch?: boolean | undefined;
  /** Asked whether to play a match, where the mode wants that; accepts at once where it is not given. */
  accept?: ((proposal: Proposal) => boolean | Promise<boolean>) | undefined;
}

/** A seat in a room: open `url` with `token`, within 30 s and once. */
export interface Assignment {
  readonly url: string;
  readonly room: string;
  readonly token: string;
  /** Lets friends into the same room, where it is there. */
  readonly code?: string | undefined;
  /** The player's team in a mode that has some, from 0. */
  readonly team?: number | undefined;
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
  readonly status: "queued" | "matched" | "expired" | "cancelled";
  readonly assignment?: Partial<Assignment>;
  readonly proposal?: Proposal;
}

/**
 * Asks for a ticket and waits until it is matched (JOIN-1). One that the server lost is `expired`.
 *
 * @param server the address of the API, such as `https://play.example.com`
 * @throws RondoError `aborted`, `unreachable`, `refused`, `busy`, `expired`, `cancelled` or `protocol`
 */
export async function match(server: string | URL, options: MatchOptions): Promise<Assignment> {
  const { game, mode = "quick", attributes = {}, room, code, watch, account, signal } = options;
  const api = async (path: string, init: RequestInit) =>
    ticketOf(await ask(server, `/v1/tickets${path}`, init, options));
  let ticket = await api("", post({ game, mode, attributes, room, code, watch, account }));
  const path = `/${encodeURIComponent(ticket.id)}`;
  try {
    while (ticket.status === "queued") {
      ticket = await api(`${path}?wait=${POLL_SECONDS}s`, {});
      const { proposal } = ticket;
      if (proposal && !proposal.yours) {
        const accept = (await options.accept?.(proposal)) ?? true;
        // That it has failed meanwhile is seen at the next poll.
        await api(`${path}/answer`, post({ accept })).catch(() => undefined);
      }
      if (ticket.status === "queued") await pause(POLL_PAUSE, signal);
    }
  } catch (error) {
    // Nobody waits any more; whether the server hears that does not matter.
    api(path, { method: "DELETE", keepalive: true, signal: null }).catch(() => undefined);
    throw error;
  }
  return assignmentOf(ticket);
}

function assignmentOf({ status, assignment }: Ticket): Assignment {
  if (status === "expired" || status === "cancelled") {
    throw new RondoError(status, `the ticket is ${status}`);
  }
  const { url, room, token, code, team } = assignment ?? {};
  if (!url || !room || !token) throw new RondoError("protocol", "no assignment");
  return { url, room, token, code, team };
}

/** A request that carries a value as JSON. */
export function post(value: unknown): RequestInit {
  const headers = { "content-type": "application/json" };
  return { method: "POST", headers, body: JSON.stringify(value) };
}

/**
 * Asks the matchmaker and returns the text of its answer.
 *
 * @throws RondoError `aborted`, `unreachable`, `refused` or `busy`
 */
export async function ask(
  server: string | URL,
  path: string,
  init: RequestInit,
  { signal, fetch: call = fetch }: AskOptions,
): Promise<string> {
  try {
    const response = await call(new URL(path, server), { signal: signal ?? null, ...init });
    const text = await response.text();
    if (!response.ok) throw refusal(response, text, init.method);
    return text;
  } catch (cause) {
    if (cause instanceof RondoError) throw cause;
    if (signal?.aborted) throw aborted(signal);
    throw new RondoError("unreachable", "the matchmaker is silent", { cause });
  }
}

/** The error that stands for an HTTP status of the matchmaker. */
function refusal({ status, headers }: Response, text: string, method?: string): RondoError {
  const { detail = text } = (parseJson(text) ?? {}) as { detail?: string }; // a problem (RFC 9457) says it for people
  const lost = status === 404 && !method; // the server started anew, say
  const code = lost ? "expired" : status === 429 || status >= 500 ? "busy" : "refused";
  const retryAfter = Number(headers.get("retry-after")) || undefined;
  return new RondoError(code, `the matchmaker answers ${status}: ${detail}`, { retryAfter });
}

/** The seat of a ticket that is matched already. */
export function seatOf(text: string): Assignment {
  return assignmentOf(ticketOf(text));
}

function ticketOf(text: string): Ticket {
  const ticket = parseJson(text) as Partial<Ticket> | undefined;
  if (typeof ticket?.id !== "string") throw new RondoError("protocol", "no ticket");
  return ticket as Ticket;
}

/** The value of a text of JSON; undefined where it is none, and for null. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Waits, until the caller gives up at the latest. */
function pause(ms: number, signal: AbortSignal | undefined): Promise<unknown> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
    signal?.addEventListener("abort", resolve, { once: true });
  });
}

/** The error for a caller who changed their mind. */
export function aborted(signal: AbortSignal | undefined): RondoError {
  return new RondoError("aborted", "the caller gave up", { cause: signal?.reason });
}
