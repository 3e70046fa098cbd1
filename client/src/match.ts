import { RondoError } from "./errors.js";
import { POLL_PAUSE, POLL_SECONDS } from "./knobs.js";

/** What to ask the matchmaker for. */
export interface MatchOptions {
  /** The game's name. */
  game: string;
  /** One of the game's modes; "quick" where it is not given. */
  mode?: string | undefined;
  /** What the matchmaker's rules go by. */
  attributes?: Readonly<Record<string, unknown>> | undefined;
  /** Ends the wait and cancels the ticket. */
  signal?: AbortSignal | undefined;
  /** Stands in for the global fetch. */
  fetch?: typeof fetch | undefined;
}

/** A seat in a room: open `url` with `token`, within 30 s and once. */
export interface Assignment {
  readonly url: string;
  readonly room: string;
  readonly token: string;
}

interface Ticket {
  readonly id: string;
  readonly status: "queued" | "matched" | "expired" | "cancelled";
  readonly assignment?: Partial<Assignment>;
}

/** Says for people why a request is refused (RFC 9457). */
interface Problem {
  readonly detail: string;
  readonly title: string;
}

/**
 * Asks for a ticket and waits until it is matched (JOIN-1).
 *
 * @param server the address of the API, such as `https://play.example.com`
 * @throws RondoError `aborted`, `unreachable`, `refused`, `busy`, `expired`, `cancelled` or `protocol`
 */
export async function match(server: string | URL, options: MatchOptions): Promise<Assignment> {
  const { game, mode = "quick", attributes = {}, signal } = options;
  const call = options.fetch ?? fetch; // unbound: a browser's fetch refuses another `this`
  const api = (path: string, init: RequestInit) =>
    ask(
      () => call(new URL(`/v1/tickets${path}`, server), { signal: signal ?? null, ...init }),
      signal,
    );
  let ticket = await api("", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ game, mode, attributes }),
  });
  const path = `/${encodeURIComponent(ticket.id)}`;
  try {
    for (let pause = 0; ticket.status === "queued"; pause = POLL_PAUSE) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      ticket = await api(`${path}?wait=${POLL_SECONDS}s`, {});
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
  const { url, room, token } = assignment ?? {};
  if (typeof url !== "string" || typeof room !== "string" || typeof token !== "string") {
    throw new RondoError("protocol", "no assignment");
  }
  return { url, room, token };
}

/** The ticket that a request is answered with. */
async function ask(
  request: () => Promise<Response>,
  signal: AbortSignal | undefined,
): Promise<Ticket> {
  try {
    const response = await request();
    return parseTicket(response, await response.text());
  } catch (cause) {
    if (cause instanceof RondoError) throw cause;
    if (signal?.aborted) throw aborted(signal);
    throw new RondoError("unreachable", "the matchmaker is silent", { cause });
  }
}

function parseTicket({ ok, status, headers }: Response, text: string): Ticket {
  const body = parseJson(text) as Partial<Ticket & Problem> | undefined;
  if (!ok) {
    const code = status === 429 || status >= 500 ? "busy" : "refused";
    const retryAfter = Number(headers.get("retry-after")) || undefined;
    const why = body?.detail ?? body?.title ?? text.trim();
    throw new RondoError(code, `the matchmaker answers ${status}: ${why}`, { retryAfter });
  }
  if (typeof body?.id !== "string") throw new RondoError("protocol", "no ticket");
  return body as Ticket;
}

/** The value of a text of JSON; undefined where it is none, and for null. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
  }
}

/** The error for a caller who changed their mind. */
export function aborted(signal: AbortSignal | undefined): RondoError {
  return new RondoError("aborted", "the caller gave up", { cause: signal?.reason });
}
