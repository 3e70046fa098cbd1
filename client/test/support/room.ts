import { vi } from "vitest";
import { type ConnectOptions, connect } from "../../src/join.js";
import type { Assignment } from "../../src/match.js";
import type { Room } from "../../src/room.js";
import type { Snapshot } from "../../src/table.js";
import { encodeFrame, encodeState, type FrameParts, table } from "./encode.js";
import { type ToySchema, toy, toyRef } from "./game.js";
import { bodyMessage, type Hello, welcomeMessage } from "./server.js";
import { FakeSocket } from "./socket.js";

export const assignment = { url: "ws://node/v1/rooms/room-1", room: "room-1", token: "a.b-c_d" };

/** The toy with one car. */
export const first: Snapshot = { tick: 100, tables: [table(4, [1, 0, 0, 1, 0]), table(1)] };

/** The car moved by 10 units. */
export const second: Snapshot = { tick: 101, tables: [table(4, [1, 160, 0, 1, 0]), table(1)] };

/** A message of the server with these parts. */
export function frame(parts: FrameParts): Uint8Array {
  return bodyMessage(encodeFrame(parts));
}

/** A message of the server that leads from one snapshot to the next, with a checksum. */
export function stateFrame(now: Snapshot, base?: Snapshot): Uint8Array {
  return frame({ state: encodeState(toy.kinds, now, { base, check: true }) });
}

/** The secret that the n-th Welcome brings. */
export function secret(n: number): Uint8Array {
  return new Uint8Array(32).fill(n);
}

/**
 * Joins the toy's room and returns both ends, after the client's first frame.
 *
 * @param hello what the Welcome says beside the schema
 * @param before what happens between the Welcome and the first state
 */
export async function joined(
  hello: Partial<Hello> = {},
  options: ConnectOptions = {},
  seat: Assignment = assignment,
  before: () => void = () => undefined,
): Promise<{ room: Room<ToySchema>; socket: FakeSocket }> {
  const joining = connect(seat, toyRef, { WebSocket: FakeSocket, ...options });
  FakeSocket.last.open();
  FakeSocket.last.receive(welcomeMessage({ schema: toy, ...hello }));
  before();
  const socket = FakeSocket.last;
  socket.receive(stateFrame(first));
  socket.frames();
  const room = await joining;
  vi.advanceTimersByTime(0); // the turn of the event loop from which on messages are told
  return { room, socket };
}
