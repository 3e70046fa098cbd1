import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { NetEvents } from "../src/demo/net.js";
import { Network, PERFECT } from "../src/netsim/index.js";
import { toy } from "./support/game.js";
import { assignment, first, stateFrame } from "./support/room.js";
import { welcomeMessage } from "./support/server.js";
import { FakeSocket } from "./support/socket.js";

const matched = { id: "t1", status: "matched", assignment };

/** What the page was told, and the way to play on after the end. */
interface Told {
  readonly events: string[];
  again: () => void;
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("location", { origin: "http://node", search: "" });
  vi.stubGlobal("sessionStorage", { getItem: () => null, setItem: () => undefined });
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.stubGlobal("fetch", async () => Response.json(matched));
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Starts the page's net. */
async function start(): Promise<Told> {
  const { keepJoined } = await import("../src/demo/net.js");
  const told: Told = { events: [], again: () => undefined };
  const events: NetEvents = {
    joining: () => told.events.push("joining"),
    joined: () => told.events.push("joined"),
    resuming: () => told.events.push("resuming"),
    resumed: () => told.events.push("resumed"),
    lost: (why, seconds) => told.events.push(`lost: ${why}, ${seconds} s`),
    over(why, again) {
      told.events.push(`over: ${why}`);
      told.again = again;
    },
  };
  void keepJoined(new Network(PERFECT), events);
  return told;
}

/** Lets the page into a room of a game and returns its socket. */
async function letIn(game = "arena"): Promise<FakeSocket> {
  await vi.advanceTimersByTimeAsync(0);
  const socket = FakeSocket.last;
  socket.open();
  socket.receive(welcomeMessage({ schema: { ...toy, name: game } }));
  socket.receive(stateFrame(first));
  await vi.advanceTimersByTimeAsync(0);
  return socket;
}

it("joins anew at once where the verdict is to retry", async () => {
  const told = await start();
  (await letIn()).end(1001);
  await letIn();
  expect(told.events).toEqual(["joining", "joined", "joining", "joined"]);
});

it("waits before it joins anew where the verdict is to back off", async () => {
  const told = await start();
  (await letIn()).end(4003, "too slow");
  await vi.advanceTimersByTimeAsync(0);
  expect(told.events).toEqual(["joining", "joined", "lost: too slow, 1 s"]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(told.events.at(-1)).toBe("joining");
});

it("waits as long as the matchmaker says", async () => {
  const busy = { status: 503, headers: { "retry-after": "20" } };
  vi.stubGlobal("fetch", async () => Response.json({ detail: "draining" }, busy));
  const told = await start();
  await vi.advanceTimersByTimeAsync(0);
  expect(told.events.at(-1)).toBe("lost: the matchmaker answers 503: draining, 20 s");
  await vi.advanceTimersByTimeAsync(19_999);
  expect(told.events.filter((event) => event === "joining").length).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(told.events.filter((event) => event === "joining").length).toBe(2);
});

it("joins anew when the player asks for it where the verdict is never", async () => {
  const told = await start();
  (await letIn()).end(4000, "the match is over");
  await vi.advanceTimersByTimeAsync(60_000);
  expect(told.events).toEqual(["joining", "joined", "over: the match is over"]);
  told.again();
  await letIn();
  expect(told.events.slice(3)).toEqual(["joining", "joined"]);
});

it("leaves a room of a game that it cannot draw", async () => {
  const told = await start();
  const socket = await letIn("drift");
  expect(socket.closedWith?.code).toBe(1000);
  expect(told.events).toEqual([
    "joining",
    "over: This page draws the arena, and arena is another game.",
  ]);
});
