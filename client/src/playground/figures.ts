import { byId, make } from "../demo/page.js";
import { note } from "./note.js";
import type { AnyRoom } from "./seat.js";

type State = "good" | "bad" | undefined;
type Figure = readonly [name: string, text: string, state?: State];

/** The figures of a room's connection. */
export class Figures {
  readonly #list = byId("figure-list");

  /** Shows the figures as they stand; nothing without a room. */
  show(room: AnyRoom | undefined): void {
    note("figures", room ? undefined : "Ticks, bytes, round trip and checksums.");
    this.#list.replaceChildren(...(room ? figuresOf(room).flatMap(pair) : []));
  }
}

function pair([name, text, state]: Figure): HTMLElement[] {
  const attributes = { "data-figure": name, ...(state ? { "data-state": state } : {}) };
  return [make("dt", name), make("dd", text, attributes)];
}

function figuresOf({ id, player, rate, stats }: AnyRoom): Figure[] {
  const { rtt, slack, desyncs } = stats;
  const bytes = stats.bytesPerSecond;
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
