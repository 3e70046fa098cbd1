import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { match } from "../src/match.js";

const assignment = { url: "ws://node/v1/rooms/r", room: "r", token: "t" };
const queued = { id: "t1", status: "queued" };
const matched = { id: "t1", status: "matched", assignment };

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

type Answer = (signal: AbortSignal | null | undefined) => Response | Promise<Response>;

/** A matchmaker that gives these answers in order and notes what it was asked. */
function matchmaker(...answers: Answer[]) {
  const asked: string[] = [];
  const server = (async (url: unknown, init: RequestInit = {}) => {
    asked.push(`${init.method ?? "GET"} ${url}`);
    if (init.method === "DELETE") return new Response(null, { status: 204 });
    return answers[asked.length - 1](init.signal);
  }) as typeof fetch;
  return { asked, fetch: server };
}

const json =
  (body: unknown, init?: ResponseInit): Answer =>
  () =>
    Response.json(body, init);

/** A long poll that ends only when the caller does. */
const waits: Answer = (signal) =>
  new Promise((_, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason));
  });

describe("matching", () => {
  it("asks for a ticket and waits until it is matched", async () => {
    const { asked, fetch } = matchmaker(json(queued, { status: 201 }), json(queued), json(matched));
    const result = match("http://play:8080", { game: "toy", fetch });
    await vi.advanceTimersByTimeAsync(1000);
    expect(await result).toEqual(assignment);
    expect(asked).toEqual([
      "POST http://play:8080/v1/tickets",
      "GET http://play:8080/v1/tickets/t1?wait=30s",
      "GET http://play:8080/v1/tickets/t1?wait=30s",
    ]);
  });

  it("tells the team where there is one", async () => {
    for (const team of [2, undefined]) {
      const { fetch } = matchmaker(json({ ...matched, assignment: { ...assignment, team } }));
      expect((await match("http://play", { game: "toy", fetch })).team).toBe(team);
    }
  });

  it("needs no wait where the ticket is matched at once", async () => {
    const { asked, fetch } = matchmaker(json(matched, { status: 201 }));
    expect(await match("http://play", { game: "toy", fetch })).toEqual(assignment);
    expect(asked.length).toBe(1);
  });

  it.each<{ what: string; answer: Answer; error: object }>([
    {
      what: "a game that is not there",
      answer: json({ title: "Not Found", detail: 'no game "toy"' }, { status: 404 }),
      error: { code: "refused", message: 'the matchmaker answers 404: no game "toy"' },
    },
    {
      what: "a node that drains",
      answer: json({ detail: "Draining" }, { status: 503, headers: { "retry-after": "7" } }),
      error: { code: "busy", retryAfter: 7, message: "the matchmaker answers 503: Draining" },
    },
    {
      what: "too many requests",
      answer: () => new Response("slow down\n", { status: 429 }),
      error: { code: "busy", retryAfter: undefined },
    },
    {
      what: "a server that is not there",
      answer: () => Promise.reject(new TypeError("fetch failed")),
      error: { code: "unreachable" },
    },
    {
      what: "an expired ticket",
      answer: json({ ...queued, status: "expired" }),
      error: { code: "expired" },
    },
    {
      what: "a cancelled ticket",
      answer: json({ ...queued, status: "cancelled" }),
      error: { code: "cancelled" },
    },
    {
      what: "a match that names no room",
      answer: json({ ...matched, assignment: { url: 5 } }),
      error: { code: "protocol" },
    },
    { what: "an answer that is no ticket", answer: json({ id: 5 }), error: { code: "protocol" } },
    {
      what: "an answer that is no JSON",
      answer: () => new Response("<html>"),
      error: { code: "protocol" },
    },
  ])("fails at $what", async ({ answer, error }) => {
    const { fetch } = matchmaker(answer);
    await expect(match("http://play", { game: "toy", fetch })).rejects.toMatchObject(error);
  });

  const proposal = { left_s: 9, tickets: 2, accepted: 1, yours: false };
  const proposed = { ...queued, proposal };
  const accepted = { ...queued, proposal: { ...proposal, yours: true } };

  it.each([
    { how: "at once", accept: undefined, said: true },
    { how: "where its caller does", accept: async () => true, said: true },
    { how: "no match that its caller declines", accept: () => false, said: false },
  ])("accepts $how", async ({ accept, said }) => {
    const bodies: unknown[] = [];
    const { asked, fetch } = matchmaker(
      json(queued, { status: 201 }),
      json(proposed),
      json(accepted),
      json(accepted),
      json(matched),
    );
    const watched = ((url: unknown, init: RequestInit) => {
      if (String(url).endsWith("/answer")) bodies.push(JSON.parse(String(init.body)));
      return fetch(url as string, init);
    }) as typeof globalThis.fetch;
    const result = match("http://play", { game: "toy", fetch: watched, accept });
    await vi.advanceTimersByTimeAsync(1000);
    expect(await result).toEqual(assignment);
    expect(asked[2]).toBe("POST http://play/v1/tickets/t1/answer");
    expect(bodies).toEqual([{ accept: said }]);
  });

  it("goes on waiting where a proposal has failed before it is answered", async () => {
    const { fetch } = matchmaker(
      json(queued),
      json(proposed),
      json({ detail: "nothing to accept" }, { status: 409 }),
      json(matched),
    );
    const result = match("http://play", { game: "toy", fetch });
    await vi.advanceTimersByTimeAsync(1000);
    expect(await result).toEqual(assignment);
  });

  it("says that a ticket is gone which the server lost", async () => {
    const lost = json({ detail: "no such ticket: make it again" }, { status: 404 });
    const { fetch } = matchmaker(json(queued), lost);
    const result = match("http://play", { game: "toy", fetch });
    await expect(result).rejects.toMatchObject({ code: "expired" });
  });

  it("cancels the ticket where its caller has no answer", async () => {
    const { asked, fetch } = matchmaker(json(queued), json(proposed));
    const accept = () => Promise.reject(new Error("no"));
    const unsaid = match("http://play", { game: "toy", fetch, accept });
    await expect(unsaid).rejects.toThrow("no");
    expect(asked.at(-1)).toBe("DELETE http://play/v1/tickets/t1");
  });

  it("shows its account token", async () => {
    const fetch = vi.fn(async (_url: unknown, _init?: RequestInit) => Response.json(matched));
    await match("http://play", { game: "toy", account: "a.b.c", fetch: fetch as never });
    expect(JSON.parse(String(fetch.mock.calls[0]?.[1]?.body))).toMatchObject({ account: "a.b.c" });
  });

  it("cancels the ticket where the caller gives up", async () => {
    const caller = new AbortController();
    const { asked, fetch } = matchmaker(json(queued), waits);
    const result = match("http://play", { game: "toy", fetch, signal: caller.signal });
    result.catch(() => undefined);
    await vi.advanceTimersByTimeAsync(0);
    caller.abort(new Error("changed my mind"));
    await expect(result).rejects.toMatchObject({ code: "aborted", cause: caller.signal.reason });
    expect(asked.at(-1)).toBe("DELETE http://play/v1/tickets/t1");
  });

  it("cancels the ticket where the caller gives up between two polls", async () => {
    const caller = new AbortController();
    const { asked, fetch } = matchmaker(json(queued), json(queued));
    const result = match("http://play", { game: "toy", fetch, signal: caller.signal });
    result.catch(() => undefined);
    await vi.advanceTimersByTimeAsync(100);
    caller.abort();
    await vi.advanceTimersByTimeAsync(250);
    await expect(result).rejects.toMatchObject({ code: "aborted" });
    expect(asked.at(-1)).toBe("DELETE http://play/v1/tickets/t1");
  });
});
