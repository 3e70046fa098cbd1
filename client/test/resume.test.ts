import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { parseServerFrame } from "../src/descriptor.js";
import { join, type SeatStorage } from "../src/join.js";
import { resumePause } from "../src/verdict.js";
import { encodeState, zigzag } from "./support/encode.js";
import { toy, toyRef } from "./support/game.js";
import { assignment, first, frame, joined, second, secret, stateFrame } from "./support/room.js";
import { type Hello, welcomeMessage } from "./support/server.js";
import { FakeSocket } from "./support/socket.js";

const PERIOD = 50; // milliseconds a tick of the toy
const GRACE = 30_000;

/** Longer than any pause between two attempts. */
const PAUSE = 5_000;

/** A secret's subprotocol: 32 equal bytes have digits that come again. */
const pass = (n: number) => `rondo.resume.${Buffer.from(secret(n)).toString("base64url")}`;

/** What the newest socket asked for in its query. */
const asked = () => Object.fromEntries(new URL(FakeSocket.last.url).searchParams);

const crash = (car: number) => frame({ messages: [[0, [...zigzag(car), 0]]] });

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.all.length = 0;
});

afterEach(() => {
  vi.useRealTimers();
});

/** Joins a room whose seat is kept. */
function seated(hello: Partial<Hello> = {}) {
  return joined({ resume: secret(1), ...hello }, { random: () => 0.5 });
}

/** Lets the pause pass, and the server accept the next attempt; returns its socket. */
function comeBack(hello: Partial<Hello> = {}): FakeSocket {
  vi.advanceTimersByTime(125); // half of the first pause
  const socket = FakeSocket.last;
  socket.open();
  socket.receive(welcomeMessage({ schema: toy, resume: secret(2), ...hello }));
  return socket;
}

/** The room's connection as a page sees it, event after event. */
function told(room: Awaited<ReturnType<typeof seated>>["room"]): string[] {
  const events: string[] = [];
  room.on("resuming", ({ code }) => events.push(`resuming: ${code}`));
  room.on("resumed", () => events.push("resumed"));
  room.on("close", ({ code, verdict }) => events.push(`close: ${code}, ${verdict}`));
  return events;
}

describe("a room whose connection is cut", () => {
  it("is over without a secret (RESUME-1)", async () => {
    const { room, socket } = await joined();
    socket.end(1006);
    expect(room.closed).toMatchObject({ code: 1006 });
    expect(room.stats.connection).toBe("closed");
  });

  it("refuses a secret of another length (RESUME-1)", () => {
    for (const length of [0, 31, 33]) {
      const message = welcomeMessage({ schema: toy, resume: new Uint8Array(length) });
      expect(() => parseServerFrame(message)).toThrow("RESUME-1");
    }
  });

  it.each([1006, 4003, 4005, 4009])("comes back after %i (RESUME-2)", async (code) => {
    const { room, socket } = await seated();
    const events = told(room);
    socket.end(code);
    expect(room.stats.connection).toBe("resuming");
    comeBack();
    expect(room.stats.connection).toBe("playing");
    expect(events.length).toBe(2);
    room.leave();
  });

  it.each([1000, 1001, 1002, 1005, 1009, 1011, 4000, 4001, 4002, 4004, 4006, 4007, 4008])(
    "is over after %i (RESUME-2)",
    async (code) => {
      const { room, socket } = await seated();
      socket.end(code);
      expect(room.closed?.code).toBe(code);
      vi.advanceTimersByTime(GRACE);
      expect(FakeSocket.all.length).toBe(1);
    },
  );

  it("shows the secret and says what it has (RESUME-3)", async () => {
    const { room, socket } = await seated();
    socket.receive(crash(1));
    socket.receive(crash(2));
    socket.end(1006);
    comeBack({ heard: 2 });
    expect(FakeSocket.last.protocols).toEqual(["rondo.v1", pass(1)]);
    expect(FakeSocket.last.url).toMatch(/^ws:\/\/node\/v1\/rooms\/room-1\?/);
    expect(asked()).toEqual({ attempt: "1", heard: "2", tick: "100" });
    room.leave();
  });

  it("keeps the query that the url has (RESUME-3)", async () => {
    const url = `${assignment.url}?budget=200`;
    const joining = joined({ resume: secret(1) }, {}, { ...assignment, url });
    const { room, socket } = await joining;
    socket.end(1006);
    vi.advanceTimersByTime(PAUSE);
    expect(asked()).toEqual({ budget: "200", attempt: "1", heard: "0", tick: "100" });
    room.leave();
  });

  it("has no state to name before the first one, and after a wrong checksum (RESUME-3)", async () => {
    const { room, socket } = await seated();
    socket.receive(stateFrame(second, { ...first, tables: second.tables }));
    expect(room.stats.desyncs).toBe(1);
    socket.end(1006);
    comeBack();
    expect(asked()).toEqual({ attempt: "1", heard: "0" });
    FakeSocket.last.receive(stateFrame(second));
    FakeSocket.last.end(1006);
    comeBack();
    expect(asked()).toMatchObject({ tick: "101" });
    room.leave();
  });

  it("counts its attempts, whatever becomes of them (RESUME-3)", async () => {
    const { room, socket } = await seated();
    socket.end(1006);
    for (let attempt = 1; attempt <= 3; attempt++) {
      vi.advanceTimersByTime(PAUSE);
      expect(asked().attempt).toBe(`${attempt}`);
      FakeSocket.last.end(1006);
    }
    room.leave();
  });

  it("uses the newest secret that came, and until then the one before (RESUME-5)", async () => {
    const { room, socket } = await seated();
    socket.end(1006);
    vi.advanceTimersByTime(PAUSE);
    FakeSocket.last.end(1006); // before its Welcome
    vi.advanceTimersByTime(PAUSE);
    expect(FakeSocket.last.protocols[1]).toBe(pass(1));
    comeBack();
    FakeSocket.last.end(1006);
    vi.advanceTimersByTime(PAUSE);
    expect(FakeSocket.last.protocols[1]).toBe(pass(2));
    room.leave();
  });

  it.each([
    { what: "another player", hello: { player: 8 } },
    { what: "another message than the next", hello: { heard: 9 } },
  ])("is lost where it is welcomed as $what (RESUME-5, RESUME-8)", async ({ hello }) => {
    const { room, socket } = await seated();
    socket.end(1006);
    comeBack(hello);
    expect(FakeSocket.last.closedWith?.code).toBe(4002);
    expect(room.closed).toMatchObject({ code: 4002, verdict: "backoff" });
  });

  it("goes on from the state that it has, or from a full one (RESUME-6)", async () => {
    for (const base of [first, undefined]) {
      const { room, socket } = await seated();
      socket.end(1006);
      comeBack().receive(stateFrame(second, base));
      expect(room.stats).toMatchObject({ tick: 101, desyncs: 0, checksumsVerified: 2 });
      room.leave();
    }
  });

  it("draws what it has until then, and is the same room", async () => {
    const { room, socket } = await seated();
    socket.end(1006);
    vi.advanceTimersByTime(PAUSE);
    expect(room.view("Car").size).toBe(1);
    expect(room.closed).toBeUndefined();
    room.leave();
  });

  it("sends again what the server does not have, in order, before anything new (RESUME-7)", async () => {
    const { room, socket } = await seated();
    let steer = 1;
    room.input(() => {
      steer = -steer;
      return { steer, horn: 0 };
    });
    vi.advanceTimersByTime(4 * PERIOD);
    const sent = socket.frames();
    expect(sent.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    socket.receive(frame({ ack: [1, 0] }));
    socket.end(1006);
    vi.advanceTimersByTime(2 * PERIOD); // two without a connection
    const next = comeBack({ seq: 2 });
    const again = next.frames();
    expect(again.slice(0, 2).map(({ seq, input }) => [seq, input])).toEqual(
      sent.slice(2).map(({ seq, input }) => [seq, input]),
    );
    expect(again.map(({ seq }) => seq)).toEqual([3, 4, 5, 6, 7, 8].slice(0, again.length));
    vi.advanceTimersByTime(PERIOD);
    expect(next.frames().map(({ seq }) => seq)).toEqual([3 + again.length]);
    room.leave();
  });

  it("sends again though all of it is more than a socket should hold (RESUME-7)", async () => {
    const { room, socket } = await seated();
    room.input(() => ({ steer: 1, horn: 0 }));
    socket.end(1006);
    vi.advanceTimersByTime(50 * PERIOD); // no Welcome yet
    const next = FakeSocket.last;
    next.open();
    next.bufferedAmount = 1 << 20;
    next.receive(welcomeMessage({ schema: toy, resume: secret(2), seq: 0 }));
    const seqs = next.frames().map(({ seq }) => seq);
    expect(seqs.length).toBe(32);
    expect(seqs).toEqual(seqs.map((_, i) => seqs[0] + i));
    room.leave();
  });

  it("keeps the newest 32 inputs, and none that is acknowledged (RESUME-7)", async () => {
    const { room, socket } = await seated();
    room.input(() => ({ steer: 1, horn: 0 }));
    vi.advanceTimersByTime(40 * PERIOD);
    const newest = socket.frames().at(-1)?.seq ?? 0;
    expect(newest).toBe(40);
    socket.receive(frame({ ack: [20, 0] }));
    socket.end(1006);
    const seqs = comeBack({ seq: 15 })
      .frames()
      .map(({ seq }) => seq);
    expect(seqs[0]).toBe(21);
    room.leave();
  });

  it("counts on from the server's number where that is larger (RESUME-7)", async () => {
    const { room, socket } = await seated();
    room.input(() => ({ steer: 1, horn: 0 }));
    socket.end(1006);
    const next = comeBack({ seq: 500 });
    vi.advanceTimersByTime(PERIOD);
    expect(next.frames().map(({ seq }) => seq)).toEqual([501]);
    room.leave();
  });

  it("does not take the echo of a frame that it sends again for a round trip", async () => {
    const { room, socket } = await seated();
    room.input(() => ({ steer: 1, horn: 0 }));
    vi.advanceTimersByTime(3 * PERIOD);
    socket.end(1006);
    const again = comeBack().frames();
    expect(again.length).toBeGreaterThan(2);
    expect(again.slice(0, 3).every(({ echo }) => echo === 0)).toBe(true);
    room.leave();
  });

  it("hears each message once, however often it is cut (RESUME-8)", async () => {
    const { room, socket } = await seated();
    const heard: number[] = [];
    room.on("Crash", ({ car }) => heard.push(car));
    socket.receive(crash(1));
    for (let cut = 1; cut < 5; cut++) {
      FakeSocket.last.end(1006);
      comeBack({ heard: cut }).receive(crash(cut + 1));
      expect(asked().heard).toBe(`${cut}`);
    }
    expect(heard).toEqual([1, 2, 3, 4, 5]);
    room.leave();
  });

  it("counts no message of a frame that is bad (RESUME-8)", async () => {
    const { room, socket } = await seated();
    const bad = frame({ messages: [[0, [...zigzag(1), 0]]], state: Uint8Array.of(0xff) });
    socket.receive(bad);
    expect(room.closed?.code).toBe(4002);
  });

  it("tells the player alone where another connection has the seat (RESUME-9)", async () => {
    const { room, socket } = await seated();
    socket.end(4008, "a newer connection took the seat");
    expect(room.closed).toMatchObject({ code: 4008, verdict: "never" });
    vi.advanceTimersByTime(GRACE);
    expect(FakeSocket.all.length).toBe(1);
  });

  it("gives up a connection that is silent for 5 s, and opens another (RESUME-9)", async () => {
    const { room, socket } = await seated();
    const events = told(room);
    vi.advanceTimersByTime(4_999);
    expect(socket.closedWith).toBeUndefined();
    vi.advanceTimersByTime(1_001);
    expect(socket.closedWith?.code).toBe(4009);
    expect(events).toEqual(["resuming: 4009"]);
    comeBack().receive(stateFrame(second, first));
    socket.receive(crash(1)); // of the old one nothing counts any more
    socket.end(1006);
    expect(room.stats).toMatchObject({ tick: 101, connection: "playing" });
    expect(events).toEqual(["resuming: 4009", "resumed"]);
    room.leave();
  });

  it("keeps a connection that has a message a second (FRAME-4)", async () => {
    const { room, socket } = await seated();
    for (let i = 0; i < 60; i++) {
      vi.advanceTimersByTime(1_000);
      socket.receive(frame({ messages: [] }));
    }
    expect(FakeSocket.all.length).toBe(1);
    room.leave();
  });

  it("gives up an attempt that is silent for 5 s (RESUME-9)", async () => {
    const { room, socket } = await seated();
    socket.end(1006);
    vi.advanceTimersByTime(125);
    const hanging = FakeSocket.last;
    vi.advanceTimersByTime(6_000);
    expect(hanging.closedWith?.code).toBe(4009);
    vi.advanceTimersByTime(PAUSE);
    expect(FakeSocket.last).not.toBe(hanging);
    room.leave();
  });

  it("waits up to 0.25 s at first, then ever longer up to 5 s (RESUME-10)", () => {
    expect([0, 1, 2, 3, 4, 5, 40].map((failed) => resumePause(failed, 0))).toEqual([
      0, 250, 500, 1000, 2000, 2500, 2500,
    ]);
    const longest = [0, 1, 2, 3, 4, 5, 40].map((failed) => Math.round(resumePause(failed, 1)));
    expect(longest).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000]);
  });

  it("begins with the first pause again after it came back (RESUME-10)", async () => {
    const { room, socket } = await seated();
    socket.end(1006);
    vi.advanceTimersByTime(125);
    FakeSocket.last.end(1006);
    vi.advanceTimersByTime(375);
    FakeSocket.last.receive(welcomeMessage({ schema: toy, resume: secret(2) }));
    FakeSocket.last.end(1006);
    const before = FakeSocket.all.length;
    vi.advanceTimersByTime(124);
    expect(FakeSocket.all.length).toBe(before);
    vi.advanceTimersByTime(1);
    expect(FakeSocket.all.length).toBe(before + 1);
    room.leave();
  });

  it("gives up when the grace is over (RESUME-10)", async () => {
    const { room, socket } = await seated({ grace: 10_000 });
    const events = told(room);
    socket.end(1006);
    for (let ms = 0; ms < 9_999; ms += 1) {
      vi.advanceTimersByTime(1);
      if (FakeSocket.last.readyState !== 3) FakeSocket.last.end(1006);
    }
    expect(room.closed).toBeUndefined();
    vi.advanceTimersByTime(1);
    expect(events).toEqual(["resuming: 1006", "close: 1006, backoff"]);
    const sockets = FakeSocket.all.length;
    vi.advanceTimersByTime(GRACE);
    expect(FakeSocket.all.length).toBe(sockets);
  });

  it("frees the seat where the grace ends while an attempt is under way (RESUME-10)", async () => {
    const { room, socket } = await seated({ grace: 3_000 });
    socket.end(1006);
    vi.advanceTimersByTime(3_000);
    expect(FakeSocket.all.length).toBe(2);
    expect(FakeSocket.last.closedWith?.code).toBe(1000);
    expect(room.closed?.code).toBe(1006);
  });

  it("may be left in between, and then opens nothing any more", async () => {
    const { room, socket } = await seated();
    room.on("resuming", () => room.leave());
    socket.end(1006);
    expect(room.closed?.code).toBe(1000);
    vi.advanceTimersByTime(GRACE);
    expect(FakeSocket.all.length).toBe(1);
  });

  it("goes on before its first state too", async () => {
    const joining = joined({ resume: secret(1) }, { random: () => 0.5 }, assignment, () => {
      FakeSocket.last.end(1006);
      comeBack();
      expect(asked()).toEqual({ attempt: "1", heard: "0" });
    });
    const { room } = await joining;
    expect(room.stats.tick).toBe(100);
    room.leave();
  });
});

/** What a tab keeps, as `sessionStorage` does. */
class Shelf implements SeatStorage {
  readonly items = new Map<string, string>();

  getItem(key: string): string | null {
    return this.items.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this.items.set(key, value);
  }

  /** The seat that is kept. */
  get seat(): unknown {
    const [item = "null"] = this.items.values();
    return JSON.parse(item);
  }
}

/** A matchmaker that gives a seat at once, and notes what it was asked. */
function node() {
  const requests: string[] = [];
  const answer = { id: "t1", status: "matched", assignment };
  const fetch = async (url: string | URL | Request, init?: RequestInit) => {
    requests.push(`${init?.method} ${url}`);
    return Response.json(answer);
  };
  return { requests, fetch };
}

/** A page that is loaded, up to its first socket. */
async function load(storage: SeatStorage, fetch: typeof globalThis.fetch = node().fetch) {
  const sockets = FakeSocket.all.length;
  const options = { storage, fetch, WebSocket: FakeSocket, random: () => 0.5 };
  const joining = join("http://node", toyRef, options);
  joining.catch(() => undefined);
  while (FakeSocket.all.length === sockets) await vi.advanceTimersByTimeAsync(25);
  FakeSocket.last.open();
  return { joining, socket: FakeSocket.last };
}

/** Lets a page play that was loaded. */
async function play({ joining, socket }: Awaited<ReturnType<typeof load>>, hello: Partial<Hello>) {
  socket.receive(welcomeMessage({ schema: toy, ...hello }));
  socket.receive(stateFrame(first));
  return joining;
}

describe("a page that is loaded anew (RESUME-11)", () => {
  it("has its seat again, by the secret alone, and gets a full state", async () => {
    const shelf = new Shelf();
    await play(await load(shelf), { resume: secret(1) });
    const { requests, fetch } = node();
    const again = await load(shelf, fetch);
    expect(again.socket.protocols).toEqual(["rondo.v1", pass(1)]);
    expect(asked()).toEqual({ attempt: "1" });
    const room = await play(again, { resume: secret(2), seq: 40_000, heard: 7 });
    expect(requests).toEqual([]);
    expect(room.player).toBe(7);
    again.socket.end(1006);
    comeBack({ resume: secret(3), seq: 40_000, heard: 7 });
    expect(asked()).toEqual({ attempt: "2", heard: "7", tick: "100" });
    room.leave();
  });

  it("goes on counting its inputs, and knows the acknowledgement by its low bits (RESUME-7)", async () => {
    const shelf = new Shelf();
    await play(await load(shelf), { resume: secret(1) });
    const again = await load(shelf);
    const room = await play(again, { resume: secret(2), seq: 70_000 });
    room.input(() => ({ steer: 1, horn: 0 }));
    vi.advanceTimersByTime(PERIOD);
    expect(again.socket.frames().at(-1)?.seq).toBe(70_001);
    again.socket.receive(frame({ ack: [69_998 & 0xffff, 0] }));
    expect(room.stats.inputsApplied).toBe(69_998);
    room.leave();
  });

  it("hears what came with its first state, once it listens (RESUME-8)", async () => {
    const shelf = new Shelf();
    await play(await load(shelf), { resume: secret(1) });
    const { joining, socket } = await load(shelf);
    socket.receive(welcomeMessage({ schema: toy, resume: secret(2), heard: 3 }));
    socket.receive(crash(4)); // before the state
    const state = encodeState(toy.kinds, first, { check: true });
    socket.receive(frame({ state, messages: [[0, [...zigzag(5), 0]]] }));
    const room = await joining;
    const heard: number[] = [];
    room.on("Crash", ({ car }) => heard.push(car));
    socket.receive(crash(6));
    vi.advanceTimersByTime(0);
    socket.receive(crash(7));
    expect(heard).toEqual([4, 5, 6, 7]);
    room.leave();
  });

  it("keeps each new secret, and each attempt before it is made", async () => {
    const shelf = new Shelf();
    const room = await play(await load(shelf), { resume: secret(1) });
    const kept = { url: assignment.url, secret: pass(1).slice(13), attempt: 0 };
    expect(shelf.seat).toEqual(kept);
    FakeSocket.last.end(1006);
    vi.advanceTimersByTime(125);
    expect(shelf.seat).toEqual({ ...kept, attempt: 1 });
    comeBack();
    expect(shelf.seat).toEqual({ ...kept, secret: pass(2).slice(13), attempt: 1 });
    room.leave();
  });

  it("keeps nothing once the session is over", async () => {
    for (const end of [(s: FakeSocket) => s.end(4000), (s: FakeSocket) => s.end(4008)]) {
      const shelf = new Shelf();
      await play(await load(shelf), { resume: secret(1) });
      end(FakeSocket.last);
      expect(shelf.seat).toBeNull();
    }
    const shelf = new Shelf();
    (await play(await load(shelf), { resume: secret(1) })).leave();
    expect(shelf.seat).toBeNull();
  });

  it("takes nothing from a room that was joined later, however late the first is left", async () => {
    const shelf = new Shelf();
    const old = await play(await load(shelf), { resume: secret(1) });
    FakeSocket.last.end(4001);
    const room = await play(await load(shelf), { resume: secret(2) });
    old.leave();
    expect(shelf.seat).toMatchObject({ secret: pass(2).slice(13) });
    room.leave();
  });

  it("joins anew where the seat is gone and the ticket API answers (RESUME-4, RESUME-10)", async () => {
    const shelf = new Shelf();
    await play(await load(shelf), { resume: secret(1) });
    const { requests, fetch } = node();
    const { joining, socket } = await load(shelf, fetch);
    socket.end(1006);
    await vi.advanceTimersByTimeAsync(PAUSE);
    expect(requests).toEqual(["HEAD http://node/v1/openapi.json"]);
    FakeSocket.last.end(1006);
    await vi.advanceTimersByTimeAsync(0);
    expect(requests.at(-1)).toBe("POST http://node/v1/tickets");
    expect(FakeSocket.last.protocols[1]).toBe(`rondo.token.${assignment.token}`);
    (await play({ joining, socket: FakeSocket.last }, {})).leave();
  });

  it("tries on while neither answers, and then joins anew (RESUME-10)", async () => {
    const shelf = new Shelf();
    await play(await load(shelf), { resume: secret(1) });
    const { requests, fetch } = node();
    let up = false;
    const flaky: typeof fetch = async (url, init) => {
      if (!up) throw new TypeError("no network");
      return fetch(url, init);
    };
    const { joining, socket } = await load(shelf, flaky);
    socket.end(1006);
    for (let i = 0; i < 3; i++) {
      await vi.advanceTimersByTimeAsync(2_000);
      FakeSocket.last.end(1006);
    }
    expect(FakeSocket.last.protocols[1]).toBe(pass(1));
    up = true;
    await vi.advanceTimersByTimeAsync(PAUSE);
    expect(requests).toEqual(["POST http://node/v1/tickets"]);
    (await play({ joining, socket: FakeSocket.last }, {})).leave();
  });

  it.each([
    "null",
    "5",
    "no JSON",
    "{}",
    '{"url":5,"secret":"s","attempt":0}',
    '{"url":"bad","secret":"s","attempt":0}',
  ])("joins anew where %s is kept", async (item) => {
    const shelf = new Shelf();
    shelf.setItem("rondo toy http://node", item);
    const loaded = await load(shelf);
    expect(loaded.socket.protocols[1]).toBe(`rondo.token.${assignment.token}`);
    (await play(loaded, {})).leave();
  });

  it("plays though the storage takes nothing", async () => {
    const full: SeatStorage = {
      getItem: () => null,
      setItem() {
        throw new Error("quota");
      },
    };
    const room = await play(await load(full), { resume: secret(1) });
    expect(room.stats.connection).toBe("playing");
    room.leave();
  });

  it("leaves a caller alone who gave up meanwhile", async () => {
    const shelf = new Shelf();
    await play(await load(shelf), { resume: secret(1) });
    const caller = new AbortController();
    const { requests, fetch } = node();
    const options = { storage: shelf, fetch, WebSocket: FakeSocket, signal: caller.signal };
    const joining = join("http://node", toyRef, options);
    joining.catch(() => undefined);
    caller.abort();
    await expect(joining).rejects.toMatchObject({ code: "aborted" });
    expect(requests).toEqual([]);
  });
});
