import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Link, Network, PERFECT, PROFILES, type Profile, seeded } from "../src/netsim/index.js";
import { FakeSocket } from "./support/socket.js";

/** When messages arrive that are sent one a period. */
function arrivals(profile: Profile, seed: number, count: number, period = 20): number[] {
  const link = new Link(profile, seeded(seed));
  return Array.from({ length: count }, (_, i) => link.arrival(i * period));
}

describe("a link", () => {
  it("hands on at once where the profile adds nothing", () => {
    expect(arrivals(PERFECT, 1, 3)).toEqual([0, 20, 40]);
  });

  it("gives the same times for the same seed, and others for another", () => {
    expect(arrivals(PROFILES.mobile, 5, 500)).toEqual(arrivals(PROFILES.mobile, 5, 500));
    expect(arrivals(PROFILES.mobile, 5, 500)).not.toEqual(arrivals(PROFILES.mobile, 6, 500));
  });

  it("takes its delay and up to its jitter, in order", () => {
    const times = arrivals({ ...PERFECT, delay: 30, jitter: 50 }, 2, 1000);
    times.forEach((at, i) => {
      expect(at - 20 * i).toBeGreaterThanOrEqual(30);
      expect(at - 20 * i).toBeLessThan(80);
      if (i > 0) expect(at).toBeGreaterThanOrEqual(times[i - 1]);
    });
  });

  it("makes what is lost, and all behind it, wait until it came again", () => {
    const times = arrivals({ ...PERFECT, loss: 0.05, resend: 100 }, 3, 4000);
    const late = times.filter((at, i) => at > 20 * i).length;
    expect(late / times.length).toBeGreaterThan(0.1);
    expect(late / times.length).toBeLessThan(0.3);
    expect(Math.max(...times.map((at, i) => at - 20 * i))).toBeGreaterThanOrEqual(100);
  });

  it("loses in bursts of about as many messages as the model says", () => {
    const profile = { ...PERFECT, burst: { start: 0.01, end: 0.25, loss: 1 }, resend: 1 };
    const times = arrivals(profile, 4, 20_000);
    const hit = times.filter((at, i) => at > 20 * i).length / times.length;
    expect(hit).toBeGreaterThan(0.005);
    expect(hit).toBeLessThan(0.04);
  });

  it("lets nothing out in a stall", () => {
    const profile = { ...PERFECT, stall: { every: 500, least: 100, most: 200 } };
    const times = arrivals(profile, 5, 5000);
    const waits = times.map((at, i) => at - 20 * i);
    expect(Math.max(...waits)).toBeLessThanOrEqual(200);
    const held = waits.filter((wait) => wait > 0).length / waits.length;
    expect(held).toBeGreaterThan(0.15);
    expect(held).toBeLessThan(0.3);
  });
});

describe("a network", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  function connected(profile: Profile) {
    const network = new Network(profile, { WebSocket: FakeSocket });
    const socket = new network.WebSocket("ws://node", ["rondo.v1"]);
    FakeSocket.last.open();
    const heard: unknown[] = [];
    socket.addEventListener("message", ({ data }) => heard.push((data as ArrayBuffer).byteLength));
    socket.addEventListener("close", ({ code }) => heard.push(code));
    return { network, socket, peer: FakeSocket.last, heard };
  }

  it("takes its time both ways", () => {
    const { socket, peer, heard } = connected({ ...PERFECT, delay: 40 });
    expect(socket.readyState).toBe(1);
    socket.send(Uint8Array.of(1));
    peer.receive(Uint8Array.of(1, 2));
    vi.advanceTimersByTime(38);
    expect([peer.sent.length, heard.length]).toEqual([0, 0]);
    vi.advanceTimersByTime(3);
    expect([peer.sent.length, heard]).toEqual([1, [2]]);
  });

  it("keeps the order, the close at its end included", () => {
    const { peer, heard } = connected(PROFILES.mobile);
    for (let i = 1; i <= 50; i++) {
      peer.receive(new Uint8Array(i));
      vi.advanceTimersByTime(10);
    }
    peer.end(1001);
    vi.advanceTimersByTime(10_000);
    expect(heard).toEqual([...Array.from({ length: 50 }, (_, i) => i + 1), 1001]);
  });

  it("holds everything while it is down, and its socket is backed up", () => {
    const { network, socket, peer, heard } = connected(PERFECT);
    network.set({ ...PERFECT, down: true });
    socket.send(new Uint8Array(600));
    peer.receive(Uint8Array.of(1));
    vi.advanceTimersByTime(5000);
    expect([peer.sent.length, heard.length, socket.bufferedAmount]).toEqual([0, 0, 600]);
    network.set(PERFECT);
    expect([peer.sent.length, heard, socket.bufferedAmount]).toEqual([1, [1], 0]);
  });

  it("drops what is under way where its socket is closed", () => {
    const { socket, peer, heard } = connected({ ...PERFECT, delay: 40 });
    socket.send(Uint8Array.of(1));
    peer.receive(Uint8Array.of(1));
    socket.close(1000, "bye");
    vi.advanceTimersByTime(100);
    expect([peer.sent.length, heard, peer.closedWith]).toEqual([
      0,
      [],
      { code: 1000, reason: "bye" },
    ]);
  });
});
