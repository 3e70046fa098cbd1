import { connect } from "../../src/join.js";
import type { Room } from "../../src/room.js";
import type { Snapshot } from "../../src/table.js";
import { encodeFrame, encodeState, type FrameParts, table } from "./encode.js";
import { type ToySchema, toy, toyRef } from "./game.js";
import { bodyMessage, welcomeMessage } from "./server.js";
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

/** Joins the toy's room, as a spectator where player is 0, and returns both ends, after the client's first frame. */
export async function joined(player = 7): Promise<{ room: Room<ToySchema>; socket: FakeSocket }> {
  const joining = connect(assignment, toyRef, { WebSocket: FakeSocket });
  const socket = FakeSocket.last;
  socket.open();
  socket.receive(welcomeMessage({ schema: toy, player }));
  socket.receive(stateFrame(first));
  socket.frames();
  return { room: await joining, socket };
}
