// Colyseus on the drift workload (sim/drift is the same): one room class, written
// as its documentation writes them, on its ws transport.
//
//   node server.mjs '{"players": 10, "npcs": 40, "still": false}'
//
// It listens on a free port of 127.0.0.1, prints "listening ADDRESS:PORT", and
// ends when its standard input does.

import { Room, Server } from "@colyseus/core";
import { Encoder, schema, t } from "@colyseus/schema";
import { WebSocketTransport } from "@colyseus/ws-transport";

/** Ticks and patches a second. */
const RATE = 20;

/** Length of a side of the field, and of a tick's way, in units. */
const SIZE = 4096;
const SPEED = 5;

/** How far an NPC turns at most in a tick, in radians. */
const MAX_TURN = 0.1;

/** How likely an entity's hp changes in a tick, and its score. */
const CHANCE = 0.01;

/** Steps of a heading in an input, in a turn. */
const HEADINGS = 1024;

// A full state of the largest case must fit.
Encoder.BUFFER_SIZE = 64 * 1024;

const Mover = schema(
  { x: t.float32(), y: t.float32(), angle: t.float32(), hp: t.uint8(), score: t.uint16() },
  "Mover",
);
const World = schema({ movers: t.map(Mover) }, "World");
const Steer = schema({ heading: t.uint16(), buttons: t.uint8() }, "Steer");

const options = JSON.parse(process.argv[2]);

class Drift extends Room {
  maxClients = options.players;
  patchRate = 1000 / RATE;
  state = new World();
  // A room with inputs sends every client a heartbeat with each patch, even
  // where nothing changed; a room that takes none spares itself that.
  inputs = options.still ? undefined : this.defineInput(Steer);

  onCreate() {
    for (let i = 0; i < options.npcs; i++) {
      this.state.movers.set(`npc${i}`, newMover());
    }
    if (!options.still) {
      this.setFixedTimestep(() => this.step(), RATE);
    }
  }

  onJoin(client) {
    this.state.movers.set(client.sessionId, newMover());
  }

  onLeave(client) {
    this.state.movers.delete(client.sessionId);
  }

  step() {
    for (const client of this.clients) {
      const mover = this.state.movers.get(client.sessionId);
      // All that have come: one a tick would keep whatever once piled up waiting
      // for ever.
      for (const input of this.inputs.get(client.sessionId)) {
        mover.angle = (input.heading / HEADINGS) * 2 * Math.PI;
      }
    }
    for (const [id, mover] of this.state.movers) {
      if (id.startsWith("npc")) {
        mover.angle += (Math.random() * 2 - 1) * MAX_TURN;
      }
      move(mover);
      change(mover);
    }
  }
}

function newMover() {
  return new Mover({
    x: Math.random() * SIZE,
    y: Math.random() * SIZE,
    angle: Math.random() * 2 * Math.PI,
    hp: 100,
    score: 0,
  });
}

/** Goes one tick's way and bounces off the walls. */
function move(mover) {
  mover.x += Math.cos(mover.angle) * SPEED;
  mover.y += Math.sin(mover.angle) * SPEED;
  if (mover.x < 0 || mover.x > SIZE) {
    mover.x = mirror(mover.x);
    mover.angle = Math.PI - mover.angle;
  }
  if (mover.y < 0 || mover.y > SIZE) {
    mover.y = mirror(mover.y);
    mover.angle = -mover.angle;
  }
}

function mirror(v) {
  return v < 0 ? -v : 2 * SIZE - v;
}

function change(mover) {
  if (Math.random() < CHANCE) {
    mover.hp = Math.floor(Math.random() * 256);
  }
  if (Math.random() < CHANCE) {
    mover.score++;
  }
}

const transport = new WebSocketTransport({});
const server = new Server({ transport, greet: false });
server.define("drift", Drift);
await server.listen(0, "127.0.0.1");
const { address, port } = transport.server.address();
console.log(`listening ${address}:${port}`);
process.stdin.on("end", () => process.exit()).resume();
