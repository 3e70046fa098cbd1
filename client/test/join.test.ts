import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { connect, join } from "../src/join.js";
import { encodeState } from "./support/encode.js";
import { toy, toyRef } from "./support/game.js";
import { assignment, first, frame, joined, second, stateFrame } from "./support/room.js";
import { welcomeMessage } from "./support/server.js";
import { FakeSocket } from "./support/socket.js";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** Starts to connect and returns the attempt and its socket. */
function connecting(signal?: AbortSignal) {
  const attempt = connect(assignment, toyRef, { WebSocket: FakeSocket, signal });
  attempt.catch(() => undefined); // each test looks at it in its own time
  return { attempt, socket: FakeSocket.last };
}

describe("joining", () => {
  it("offers the protocol and the token, and takes bytes as array buffers", () => {
    const { socket } = connecting();
    expect(socket.url).toBe(assignment.url);
    expect(socket.protocols).toEqual(["rondo.v1", "rondo.token.a.b-c_d"]);
    expect(socket.binaryType).toBe("arraybuffer");
  });

  it("is done with the first full state", async () => {
    const { room } = await joined();
    expect(room.stats).toMatchObject({ tick: 100, entities: 1, checksumsVerified: 1, desyncs: 0 });
    expect(room).toMatchObject({ id: "room-1", player: 7, rate: 20, schemaMatches: true });
    expect(room.schema).toEqual(toy);
    room.leave();
  });

  it("waits for a state where the first frame has none", async () => {
    const { attempt, socket } = connecting();
    socket.receive(welcomeMessage({ schema: toy }));
    socket.receive(frame({ messages: [] }));
    socket.receive(stateFrame(first));
    (await attempt).leave();
  });

  it("asks for a full state where the checksum of the first one is wrong", async () => {
    const { attempt, socket } = connecting();
    socket.open();
    socket.receive(welcomeMessage({ schema: toy }));
    const wrong = encodeState(toy.kinds, first, { check: true });
    wrong[5] ^= 1; // in the checksum
    socket.receive(frame({ state: wrong }));
    expect(socket.frames()).toMatchObject([{ resync: true, ack: 0, view: 0 }]);
    socket.receive(stateFrame(first));
    expect((await attempt).stats).toMatchObject({ tick: 100, desyncs: 1 });
    (await attempt).leave();
  });

  it.each<{ what: string; act: (socket: FakeSocket) => void }>([
    { what: "a first message without a welcome", act: (s) => s.receive(stateFrame(first)) },
    { what: "a text message", act: (s) => s.receiveText("hello") },
    { what: "an empty message", act: (s) => s.receive(new Uint8Array(0)) },
    {
      what: "a second welcome",
      act: (s) => {
        s.receive(welcomeMessage({ schema: toy }));
        s.receive(welcomeMessage({ schema: toy }));
      },
    },
    {
      what: "a first state that is not full",
      act: (s) => {
        s.receive(welcomeMessage({ schema: toy }));
        s.receive(stateFrame(second, first));
      },
    },
  ])("fails at $what, and says so to the server", async ({ act }) => {
    const { attempt, socket } = connecting();
    socket.open();
    act(socket);
    await expect(attempt).rejects.toMatchObject({ code: "protocol" });
    expect(socket.closedWith?.code).toBe(4002);
  });

  it("gives the server a reason that fits into a close frame, whatever it is about", async () => {
    const { attempt, socket } = connecting();
    const field = { ...toy.kinds[0].fields[0], name: "größe".repeat(100), bits: 0 };
    const kinds = [{ ...toy.kinds[0], fields: [field] }];
    socket.receive(welcomeMessage({ schema: { ...toy, kinds } }));
    await expect(attempt).rejects.toMatchObject({ code: "protocol" });
    expect(socket.closedWith?.reason).toMatch(/^SCHEMA-2, gr\?\?egr[ -~]{0,110}$/);
  });

  it("fails where the node refuses", async () => {
    const { attempt, socket } = connecting();
    socket.end(1006);
    await expect(attempt).rejects.toMatchObject({ code: "unreachable" });
  });

  it("fails where the room closes before its first state", async () => {
    const { attempt, socket } = connecting();
    socket.receive(welcomeMessage({ schema: toy }));
    socket.end(4000, "the match is over");
    await expect(attempt).rejects.toMatchObject({ code: "refused" });
    await expect(attempt).rejects.toThrow("the match is over");
  });

  it("fails after ten seconds without a state", async () => {
    const { attempt, socket } = connecting();
    vi.advanceTimersByTime(9_999);
    expect(socket.closedWith).toBeUndefined();
    vi.advanceTimersByTime(1);
    await expect(attempt).rejects.toMatchObject({ code: "timeout" });
    expect(socket.closedWith?.code).toBe(1000);
  });

  it("fails where the caller gives up, before and while it opens", async () => {
    const gone = AbortSignal.abort();
    await expect(connecting(gone).attempt).rejects.toMatchObject({ code: "aborted" });
    const caller = new AbortController();
    const { attempt, socket } = connecting(caller.signal);
    caller.abort();
    await expect(attempt).rejects.toMatchObject({ code: "aborted" });
    expect(socket.closedWith?.code).toBe(1000);
  });

  it("fails where there is no WebSocket, or none for that address", async () => {
    vi.stubGlobal("WebSocket", undefined);
    await expect(connect(assignment, toyRef)).rejects.toMatchObject({ code: "refused" });
    vi.unstubAllGlobals();
    const bad = connect({ ...assignment, url: "bad" }, toyRef, { WebSocket: FakeSocket });
    await expect(bad).rejects.toMatchObject({ code: "refused" });
  });

  it("asks the matchmaker for the schema's game first", async () => {
    const asked: unknown[] = [];
    const answer = { id: "t1", status: "matched", assignment };
    const fetch = async (_url: unknown, init?: RequestInit) => {
      asked.push(JSON.parse(String(init?.body)));
      return Response.json(answer);
    };
    const joining = join("http://node", toyRef, { WebSocket: FakeSocket, fetch, mode: "duel" });
    await vi.waitFor(() => expect(FakeSocket.last.url).toBe(assignment.url), 60_000);
    await vi.advanceTimersByTimeAsync(0);
    FakeSocket.last.receive(welcomeMessage({ schema: toy }));
    FakeSocket.last.receive(stateFrame(first));
    (await joining).leave();
    expect(asked).toEqual([{ game: "toy", mode: "duel", attributes: {} }]);
  });
});
