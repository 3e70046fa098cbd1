import { byId, make } from "../demo/page.js";
import { note } from "./note.js";
import type { AnyRoom } from "./seat.js";

type State = "good" | "bad" | undefined;
type Figure = readonly [name: string, text: string, state?: State];

/** Milliseconds over which a rate is taken. */
const WINDOW = 1000;

/** The figures of a room's connection. */
export class Figures {
  readonly #list = byId("figure-list");
  readonly #traffic = new Traffic();

  /** Shows the figures as they stand; nothing without a room. */
  show(room: AnyRoom | undefined): void {
    note("figures", room ? undefined : "Ticks, bytes, round trip and checksums.");
    this.#list.replaceChildren(
      ...(room ? figuresOf(room, this.#traffic.of(room)).flatMap(pair) : []),
    );
  }
}

/** Bytes a second, by how many came in all. */
class Traffic {
  #room: AnyRoom | undefined;
  #since = 0;
  #bytes = 0;
  #rate = 0;

  of(room: AnyRoom): number {
    const { state, hidden, messages } = room.stats.bytes;
    const [now, bytes] = [performance.now(), state + hidden + messages];
    const passed = now - this.#since;
    if (room === this.#room && passed < WINDOW) return this.#rate;
    this.#rate = room === this.#room ? ((bytes - this.#bytes) * 1000) / passed : 0;
    [this.#room, this.#since, this.#bytes] = [room, now, bytes];
    return this.#rate;
  }
}

function pair([name, text, state]: Figure): HTMLElement[] {
  const attributes = { "data-figure": name, ...(state ? { "data-state": state } : {}) };
  return [make("dt", name), make("dd", text, attributes)];
}

function figuresOf({ id, player, rate, stats }: AnyRoom, bytes: number): Figure[] {
  const { rtt, slack, desyncs } = stats;
  return [
    ["room", id],
    ["player", `${player}`],
    ["tick", `${stats.tick} at ${rate} Hz`],
    ["round trip", rtt === undefined ? "…" : `${rtt.toFixed(1)} ms`],
    ["drawn behind", `${stats.delay.toFixed(0)} ms`],
    ["inputs applied", `${stats.inputsApplied}`],
    ["input slack", slack === undefined ? "…" : `${slack.toFixed(1)} ticks`],
    ["received", `${(bytes / 1000).toFixed(2)} kB/s`],
    ["bytes a tick", (bytes / rate).toFixed(0)],
    ["frames", `${stats.frames}`],
    ["entities", `${stats.entities}`],
    [
      "checksums agreed",
      `${stats.checksumsVerified}`,
      stats.checksumsVerified > 0 ? "good" : undefined,
    ],
    ["checksums differed", `${desyncs}`, desyncs === 0 ? "good" : "bad"],
  ];
}
