import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { encodeState, table, zigzag } from "./support/encode.js";
import { toy } from "./support/game.js";
import { first, frame, joined, second, stateFrame } from "./support/room.js";

const PERIOD = 50; // milliseconds a tick of the toy

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("a room", () => {
  it("sends an input a tick, whole numbers within their bounds", async () => {
    const { room, socket } = await joined();
    room.input(() => ({ steer: -3, horn: 0.6 }));
    vi.advanceTimersByTime(3 * PERIOD);
    const frames = socket.frames();
    expect(frames.map(({ seq, input, ack }) => ({ seq, input, ack }))).toEqual([
      { seq: 1, input: [-1, 1], ack: 100 },
      { seq: 2, input: [-1, 1], ack: 100 },
      { seq: 3, input: [-1, 1], ack: 100 },
    ]);
    expect(frames[0].view).toBeGreaterThan(90);
    expect(frames[0].view).toBeLessThanOrEqual(100);
    room.leave();
  });

  it("sends no burst after the machine held it up", async () => {
    const { room, socket } = await joined();
    room.input(() => ({ steer: 1, horn: 0 }));
    const later = performance.now() + 60_000;
    const clock = vi.spyOn(performance, "now").mockReturnValue(later);
    vi.advanceTimersByTime(PERIOD);
    clock.mockRestore();
    expect(socket.frames().length).toBe(1);
    room.leave();
  });

  it("that is watched sends no inputs, predicts nothing and draws what comes", async () => {
    const { room, socket } = await joined({ player: 0 });
    expect(room.player).toBe(0);
    room.input(() => ({ steer: 1, horn: 1 }));
    const start = vi.fn();
    room.predict({ start } as unknown as Parameters<typeof room.predict>[0]);
    socket.receive(stateFrame(second, first));
    vi.advanceTimersByTime(6_000);
    expect(socket.frames().every(({ seq, input }) => seq === 0 && input === undefined)).toBe(true);
    expect(start).not.toHaveBeenCalled();
    expect(room.stats.tick).toBe(101);
    expect(room.view("Car").size).toBe(1);
    room.leave();
  });

  it("keeps quiet without inputs but for a heartbeat", async () => {
    const { room, socket } = await joined();
    room.input(() => undefined);
    vi.advanceTimersByTime(11_000);
    const frames = socket.frames();
    expect(frames.length).toBe(2);
    expect(frames.every(({ seq, input }) => seq === 0 && input === undefined)).toBe(true);
    room.leave();
  });

  it("keeps alive in a hidden tab, whose timers are held back but not its messages", async () => {
    const { room, socket } = await joined();
    const clock = vi.spyOn(performance, "now").mockReturnValue(performance.now() + 5_000);
    socket.receive(frame({ messages: [] }));
    expect(socket.frames().length).toBe(1);
    clock.mockRestore();
    room.leave();
  });

  it("keeps inputs back while the socket is backed up, and skips no number", async () => {
    const { room, socket } = await joined();
    room.input(() => ({ steer: 1, horn: 0 }));
    socket.bufferedAmount = 1 << 20;
    vi.advanceTimersByTime(10 * PERIOD);
    expect(socket.frames()).toEqual([]);
    socket.bufferedAmount = 0;
    vi.advanceTimersByTime(PERIOD);
    expect(socket.frames().map(({ seq }) => seq)).toEqual([1]);
    room.leave();
  });

  it("measures the round trip by an echo a second", async () => {
    const { room, socket } = await joined();
    room.input(() => ({ steer: 0, horn: 0 }));
    vi.advanceTimersByTime(2000);
    const echoes = socket.frames().flatMap(({ echo }) => (echo === 0 ? [] : [echo]));
    expect(echoes.length).toBe(2);
    vi.advanceTimersByTime(30);
    socket.receive(frame({ echo: [echoes[0], 0] })); // not the newest: of no use
    expect(room.stats.rtt).toBeUndefined();
    socket.receive(frame({ echo: [echoes[1], 10_000] }));
    expect(room.stats.rtt).toBeCloseTo(20, 0); // 30 ms, of which the server held it 10
    expect(room.stats.rttLeast).toBe(room.stats.rtt);
    expect(room.stats.jitter).toBe(0);
    room.leave();
  });

  it("sends its inputs as the server says that they wait", async () => {
    const { room, socket } = await joined();
    room.input(() => ({ steer: 0, horn: 0 }));
    vi.advanceTimersByTime(2 * PERIOD);
    const state = encodeState(toy.kinds, second, { base: first, check: true });
    socket.receive(frame({ state, ack: [2, 8 * 16 - 1] }));
    expect(room.stats.inputsApplied).toBe(2);
    expect(room.stats.slack).toBeCloseTo(7.9, 1);
    expect(room.stats.dilation).toBe(0.05);
    socket.frames();
    vi.advanceTimersByTime(21 * PERIOD);
    expect(socket.frames().length).toBe(20);
    room.leave();
  });

  it("keeps a press of a one-shot button while the socket is backed up, and sends it once", async () => {
    const { room, socket } = await joined();
    let horn = 1;
    room.input(() => ({ steer: 1 - horn, horn }));
    socket.bufferedAmount = 1 << 20;
    vi.advanceTimersByTime(PERIOD);
    horn = 0;
    vi.advanceTimersByTime(2 * PERIOD);
    socket.bufferedAmount = 0;
    vi.advanceTimersByTime(2 * PERIOD);
    expect(socket.frames().map(({ input }) => input)).toEqual([
      [1, 1],
      [1, 0],
    ]);
    room.leave();
  });

  it("draws what the states say, between them", async () => {
    const { room, socket } = await joined();
    vi.advanceTimersByTime(PERIOD);
    socket.receive(stateFrame(second, first));
    const seen: number[] = [];
    for (let i = 0; i < 6; i++) {
      seen.push(Math.round(room.view("Car").get(1)?.x ?? -1));
      vi.advanceTimersByTime(PERIOD / 2);
    }
    expect(seen).toEqual([0, 0, 0, 5, 10, 10]);
    expect(room.view("Coin").size).toBe(0);
    room.leave();
  });

  it("gives a column of what is drawn, in an array that is used again", async () => {
    const { room, socket } = await joined();
    const three = { tick: 101, tables: [table(4, [1, 160, 0, 1, 1], [2, 8, 512, 0, 0]), table(1)] };
    socket.receive(stateFrame(three, first));
    vi.advanceTimersByTime(4 * PERIOD);
    expect([...room.column("Car", "id")]).toEqual([1, 2]);
    expect([...room.column("Car", "x")]).toEqual([10, 0.5]);
    expect([...room.column("Car", "heading")]).toEqual([0, 0.5]);
    expect([...room.column("Car", "lit")]).toEqual([1, 0]);
    expect(room.column("Car", "x").buffer).toBe(room.column("Car", "x").buffer);
    expect(room.column("Coin", "worth").length).toBe(0);
    room.leave();
  });

  it("tells its messages to a loop, until it closes", async () => {
    const { room, socket } = await joined();
    const heard: unknown[] = [];
    const loop = (async () => {
      for await (const { name, value, tick } of room.messages())
        heard.push([name, value.car, tick]);
    })();
    for (const car of [1, 2, 3]) socket.receive(frame({ messages: [[0, [...zigzag(car), 0]]] }));
    await vi.advanceTimersByTimeAsync(0);
    room.leave();
    await loop;
    expect(heard).toEqual([1, 2, 3].map((car) => ["Crash", car, 100]));
    for await (const _ of room.messages()) expect.unreachable();
  });

  it("drops the oldest messages of a loop that does not keep up, and none for a loop that is left", async () => {
    const { room, socket } = await joined();
    const slow = room.messages();
    const car = async () => (await slow.next()).value?.value.car;
    const zero = car();
    await vi.advanceTimersByTimeAsync(0);
    for (let car = 0; car < 1030; car++) {
      socket.receive(frame({ messages: [[0, [...zigzag(car), 0]]] }));
    }
    expect(await zero).toBe(6);
    expect(await car()).toBe(7);
    await slow.return();
    expect((await slow.next()).done).toBe(true);
    room.leave();
  });

  it("has nobody of a kind that the server does not know", async () => {
    const { room } = await joined();
    const view = room.view("Plane" as "Car");
    expect([...view]).toEqual([]);
    expect(view.get(1)).toBeUndefined();
    room.leave();
  });

  it("tells of ticks and messages, each with its tick, until told not to", async () => {
    const { room, socket } = await joined();
    const heard: unknown[] = [];
    const caller = new AbortController();
    room.on("tick", (tick) => heard.push(["tick", tick]), { signal: caller.signal });
    const off = room.on("Crash", (crash, tick) => heard.push([crash, tick]));
    const crash = [...zigzag(1), 2, 0x68, 0x69];
    socket.receive(stateFrame(second, first));
    socket.receive(frame({ messages: [[0, crash]] }));
    caller.abort();
    off();
    socket.receive(frame({ messages: [[0, crash]] }));
    expect(heard).toEqual([
      ["tick", 101],
      [{ car: 1, why: "hi" }, 101],
    ]);
    room.leave();
  });

  it("hears everybody though one listener throws", async () => {
    const { room, socket } = await joined();
    const uncaught = vi.spyOn(globalThis, "queueMicrotask").mockImplementation(() => undefined);
    const heard: number[] = [];
    room.on("tick", () => {
      throw new Error("a page's bug");
    });
    room.on("tick", (tick) => heard.push(tick));
    socket.receive(stateFrame(second, first));
    expect(heard).toEqual([101]);
    expect(uncaught).toHaveBeenCalledOnce();
    uncaught.mockRestore();
    room.leave();
  });

  it("asks for a full state by itself after a wrong checksum", async () => {
    const { room, socket } = await joined();
    const desyncs: number[] = [];
    room.on("desync", (tick) => desyncs.push(tick));
    const wrong = stateFrame(second, { ...first, tables: second.tables });
    socket.receive(wrong);
    expect(desyncs).toEqual([101]);
    expect(socket.frames()).toMatchObject([{ resync: true, seq: 0 }]);
    socket.receive(stateFrame(second));
    vi.advanceTimersByTime(PERIOD);
    expect(room.stats).toMatchObject({ tick: 101, desyncs: 1, checksumsVerified: 2 });
    expect(socket.frames()).toEqual([]);
    room.leave();
  });

  it("closes with the verdict of the server's code, and sends nothing after", async () => {
    const { room, socket } = await joined();
    const closes: unknown[] = [];
    room.input(() => ({ steer: 0, horn: 0 }));
    room.on("close", (info) => closes.push(info));
    socket.end(1001, "the node stops");
    const info = { code: 1001, verdict: "retry", reason: "the node stops" };
    expect(closes).toEqual([info]);
    expect(room.closed).toEqual(info);
    socket.frames();
    vi.advanceTimersByTime(1000);
    expect(socket.frames()).toEqual([]);
    expect(room.view("Car").size).toBe(1);
  });

  it("tells nothing after its close", async () => {
    const { room, socket } = await joined();
    const heard: string[] = [];
    room.on("tick", () => room.leave());
    room.on("tick", () => heard.push("tick"));
    room.on("Crash", () => heard.push("Crash"));
    room.on("close", () => heard.push("close"));
    const state = encodeState(toy.kinds, second, { base: first });
    socket.receive(frame({ state, messages: [[0, [...zigzag(1), 0]]] }));
    expect(heard).toEqual(["close"]);
  });

  it("tells who listens late that it is closed", async () => {
    const { room } = await joined();
    room.leave();
    const closes: number[] = [];
    room.on("close", ({ code }) => closes.push(code));
    expect(closes).toEqual([1000]);
  });

  it("is lost where the server breaks the protocol, and may be joined anew", async () => {
    const { room, socket } = await joined();
    socket.receive(frame({ state: Uint8Array.of(0xff) }));
    expect(room.closed).toMatchObject({ code: 4002, verdict: "backoff" });
    expect(socket.closedWith?.code).toBe(4002);
    socket.receive(stateFrame(second, first));
    expect(room.stats.tick).toBe(100);
  });

  it("is left at the end of its block", async () => {
    const { room, socket } = await joined();
    {
      await using inner = room;
      expect(inner.closed).toBeUndefined();
    }
    expect(socket.closedWith?.code).toBe(1000);
  });

  it("counts frames and bytes", async () => {
    const { room, socket } = await joined();
    const { frames, bytes } = room.stats;
    socket.receive(stateFrame(second, first));
    expect(room.stats.frames).toBe(frames + 1);
    expect(room.stats.bytes.state).toBeGreaterThan(bytes.state);
    room.leave();
  });
});
