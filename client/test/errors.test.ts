import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ErrorCode } from "../src/errors.js";
import { connect, join } from "../src/join.js";
import { match } from "../src/match.js";
import { toy, toyRef } from "./support/game.js";
import { assignment } from "./support/room.js";
import { welcomeMessage } from "./support/server.js";
import { FakeSocket } from "./support/socket.js";

// Whatever goes wrong has one of the codes that src/errors.ts documents.

const documented = [
  ...readFileSync(new URL("../src/errors.ts", import.meta.url), "utf8").matchAll(
    /^ \* - `(\w+)`/gm,
  ),
].map(([, code]) => code);

const page = readFileSync(new URL("../../schema/PROTOCOL.md", import.meta.url), "utf8");
const closes = [...page.matchAll(/^\| (\d{4}) \| ([^|]+) \|[^|]+\| ([^|]+) \|$/gm)].map((row) => ({
  code: Number(row[1]),
  name: row[2],
  verdict: row[3],
}));

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** What an attempt to open a seat fails with when this happens to its socket. */
async function failure(act: (socket: FakeSocket) => void, signal?: AbortSignal): Promise<unknown> {
  const attempt = connect(assignment, toyRef, { WebSocket: FakeSocket, signal });
  const failing = attempt.catch((error: unknown) => error);
  FakeSocket.last.open();
  act(FakeSocket.last);
  return failing;
}

function welcomed(socket: FakeSocket): void {
  socket.receive(welcomeMessage({ schema: toy }));
}

function breaks(socket: FakeSocket): void {
  welcomed(socket);
  socket.end(1006);
}

describe("the errors", () => {
  it("are a closed set that is documented", () => {
    const codes: Record<ErrorCode, true> = {
      aborted: true,
      unreachable: true,
      timeout: true,
      refused: true,
      busy: true,
      expired: true,
      cancelled: true,
      closed: true,
      protocol: true,
    };
    expect(documented.sort()).toEqual(Object.keys(codes).sort());
  });

  it.each(closes)(
    "say before the first state what $code, $name, means: $verdict",
    async (close) => {
      const { code, verdict } = close;
      const error = await failure((socket) => {
        welcomed(socket);
        socket.end(code, "why");
      });
      expect(error).toMatchObject({
        name: "RondoError",
        code: verdict === "never" ? "refused" : "closed",
        retryAfter: verdict === "retry now" ? 0 : undefined,
        message: `closed: ${code} why`,
      });
    },
  );

  it.each<[what: string, code: ErrorCode, act: (socket: FakeSocket) => void]>([
    ["a network that breaks", "closed", breaks],
    ["an upgrade that is refused", "unreachable", (s) => s.end(1006)],
    ["another version", "protocol", (s) => s.receive(welcomeMessage({ schema: toy, protocol: 2 }))],
    ["bytes that are bad", "protocol", (s) => s.receive(Uint8Array.of(1))],
    ["text", "protocol", (s) => s.receiveText("hello")],
    ["nothing that comes", "timeout", () => vi.advanceTimersByTime(10_000)],
  ])("tell of %s: %s", async (_, code, act) => {
    expect(await failure(act)).toMatchObject({ name: "RondoError", code });
  });

  it("tell of a caller who gave up: aborted", async () => {
    const caller = new AbortController();
    const error = await failure(() => caller.abort("enough"), caller.signal);
    expect(error).toMatchObject({ code: "aborted", cause: "enough" });
  });

  it.each<[status: number, after: string | undefined, error: object]>([
    [400, undefined, { code: "refused", retryAfter: undefined }],
    [403, undefined, { code: "refused", retryAfter: undefined }],
    [404, undefined, { code: "refused", retryAfter: undefined }],
    [422, undefined, { code: "refused", retryAfter: undefined }],
    [429, "1", { code: "busy", retryAfter: 1 }],
    [500, undefined, { code: "busy", retryAfter: undefined }],
    [503, "20", { code: "busy", retryAfter: 20 }],
    [503, "Wed, 21 Oct 2026 07:28:00 GMT", { code: "busy", retryAfter: undefined }],
  ])("tell of the matchmaker's %i with Retry-After %s", async (status, after, error) => {
    const headers: Record<string, string> = after ? { "retry-after": after } : {};
    const fetch = async () => Response.json({ detail: "why" }, { status, headers });
    await expect(match("http://play", { game: "toy", fetch })).rejects.toMatchObject({
      ...error,
      message: `the matchmaker answers ${status}: why`,
    });
  });

  it("tell of an answer that breaks off: unreachable", async () => {
    const body = new ReadableStream({ start: (stream) => stream.error(new TypeError("cut")) });
    const fetch = async () => new Response(body);
    const asking = match("http://play", { game: "toy", fetch });
    await expect(asking).rejects.toMatchObject({ code: "unreachable" });
  });

  it("tell of an address that is none: unreachable", async () => {
    const joining = join("nowhere", toyRef, { WebSocket: FakeSocket, fetch });
    await expect(joining).rejects.toMatchObject({ code: "unreachable" });
  });
});
