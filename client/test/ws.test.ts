import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { connect } from "../src/join.js";
import { readClientFrame } from "./support/clientframe.js";
import { toy, toyRef } from "./support/game.js";
import { assignment, first, stateFrame } from "./support/room.js";
import { welcomeMessage } from "./support/server.js";

it("plays over a real WebSocket, with the constructor that it is given", async () => {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const arriving = once(server, "connection");
  const joining = connect({ ...assignment, url: `ws://127.0.0.1:${port}` }, toyRef, { WebSocket });
  const [peer, request] = (await arriving) as [WebSocket, { headers: Record<string, string> }];
  expect(request.headers["sec-websocket-protocol"]).toBe("rondo.v1,rondo.token.a.b-c_d");
  peer.send(welcomeMessage({ schema: toy }));
  peer.send(stateFrame(first));
  const room = await joining;
  room.input(() => ({ steer: 1, horn: 0 }));
  const input = await frameWithInput(peer);
  expect(input).toMatchObject({ input: [1, 0], ack: first.tick });
  const closing = once(peer, "close");
  room.leave();
  expect((await closing)[0]).toBe(1000);
  server.close();
});

/** The first frame that has an input: a heartbeat may come before it. */
async function frameWithInput(peer: WebSocket) {
  for (;;) {
    const [data] = (await once(peer, "message")) as [Buffer];
    const frame = readClientFrame(data);
    if (frame.seq > 0) return frame;
  }
}
