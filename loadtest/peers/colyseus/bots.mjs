// Bots for server.mjs, through Colyseus' own client, in one process.
//
//   node bots.mjs '{"addr": "127.0.0.1:2567", "rooms": 40, "players": 10, "movers": 50, "silent": false}'
//
// It prints "joined" when all are in, counts from the line "open" on standard
// input to the line "close", then prints "counted" and its counts as JSON (the
// Counts of loadtest/benchserver/thin), and ends when its standard input does.
//
// Each room's first bot decodes every state, and must see all movers in the end;
// the others only count them, or a large room's bots would take the server's
// share of the machine.

import { createInterface } from "node:readline";
import { Client } from "@colyseus/sdk";
import { PROTOCOL_CODE_MASK, Protocol, ProtocolModifier } from "@colyseus/shared-types";

/** Milliseconds between two inputs. */
const PERIOD = 50;

/** Rooms that are filled at once. */
const FILLED_AT_ONCE = 8;

/** Where the acknowledged input stands in a timed frame, behind the server's time. */
const ACK_AT = 5;

/** Inputs whose sending is remembered. */
const SENT_RING = 256;

const options = JSON.parse(process.argv[2]);
const tally = { open: false, frames: 0, bytes: 0, latencies: [], late: 0, inputs: 0 };

class Bot {
  acked = 0;
  heading = Math.floor(Math.random() * 1024);
  sentAt = new Float64Array(SENT_RING);

  constructor(room, decodes) {
    this.room = room;
    this.decodes = decodes;
    this.input = options.silent ? undefined : room.input();
    room.reconnection.enabled = false; // who is thrown out says so
    const { events } = room.connection;
    const decode = events.onmessage;
    events.onmessage = (event) => {
      const frame = new Uint8Array(event.data);
      const isPatch = (frame[0] & PROTOCOL_CODE_MASK) === Protocol.ROOM_STATE_PATCH;
      if (isPatch) {
        this.took(frame);
      }
      if (decodes || !isPatch) {
        decode(event);
      }
    };
  }

  took(frame) {
    if (tally.open) {
      tally.frames++;
      tally.bytes += frame.byteLength;
    }
    if ((frame[0] & ProtocolModifier.TIMED) === 0) {
      return;
    }
    const now = performance.now();
    const ack = new DataView(frame.buffer, frame.byteOffset).getUint32(ACK_AT, true);
    for (; this.acked < ack; this.acked++) {
      if (tally.open) {
        tally.latencies.push(now - this.sentAt[(this.acked + 1) % SENT_RING]);
      }
    }
  }

  /** Sends an input a period, from a random phase on. */
  play() {
    let due = performance.now() + Math.random() * PERIOD;
    const next = () => {
      const now = performance.now();
      if (tally.open) {
        tally.inputs++;
        tally.late += now - due > PERIOD / 4 ? 1 : 0;
      }
      this.steer(now);
      due += PERIOD;
      setTimeout(next, due - performance.now());
    };
    setTimeout(next, due - performance.now());
  }

  /** Turns a little, as rondo's bots do. */
  steer(now) {
    this.heading = (this.heading + 1024 + Math.floor(Math.random() * 33) - 16) % 1024;
    this.input.data.heading = this.heading;
    if (Math.random() < 0.05) {
      this.input.data.buttons = Math.floor(Math.random() * 256);
    }
    this.sentAt[this.input.send() % SENT_RING] = now;
  }
}

/** Opens a room and fills it; resolves to its bots. */
async function fill(client) {
  const first = await client.create("drift");
  const bots = [new Bot(first, true)];
  while (bots.length < options.players) {
    bots.push(new Bot(await client.joinById(first.roomId), false));
  }
  return bots;
}

async function join() {
  const client = new Client(`ws://${options.addr}`);
  const bots = [];
  let opened = 0;
  const fillers = Array.from({ length: FILLED_AT_ONCE }, async () => {
    while (opened < options.rooms) {
      opened++;
      bots.push(...(await fill(client)));
    }
  });
  await Promise.all(fillers);
  return bots;
}

function percentile(sorted, percent) {
  return sorted[Math.max(Math.ceil((percent / 100) * sorted.length), 1) - 1];
}

function count(seconds) {
  const latencies = Float64Array.from(tally.latencies).sort();
  const latency =
    latencies.length === 0
      ? null
      : { p50: percentile(latencies, 50), p99: percentile(latencies, 99) };
  return {
    seconds,
    frames: tally.frames,
    bytes: tally.bytes,
    latency_ms: latency,
    late: tally.late * 100 > tally.inputs,
  };
}

/** Ends the program where something went wrong. */
function fail(what) {
  console.error(what);
  process.exit(1);
}

function check(bots) {
  for (const bot of bots) {
    const seen = bot.room.state.movers.size;
    if (bot.decodes && seen !== options.movers) {
      fail(`a bot sees ${seen} movers of ${options.movers}`);
    }
  }
}

const bots = await join();
for (const bot of bots) {
  bot.room.onLeave((code) => fail(`a bot was thrown out with code ${code}`));
  if (!options.silent) {
    bot.play();
  }
}
console.log("joined");

let opened = 0;
const lines = createInterface({ input: process.stdin });
lines.on("close", () => process.exit());
lines.on("line", (line) => {
  tally.open = line === "open";
  if (tally.open) {
    opened = performance.now();
  } else {
    check(bots);
    console.log(`counted ${JSON.stringify(count((performance.now() - opened) / 1000))}`);
  }
});
