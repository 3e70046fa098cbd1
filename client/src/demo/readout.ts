import { byId, make } from "./page.js";
import type { ArenaRoom } from "./scene.js";

interface Figure {
  readonly name: string;
  readonly text: string;
  readonly state?: "good" | "bad";
}

/** The button and the table that say how the network does; N or a click opens the table. */
export class Readout {
  readonly #button = byId<HTMLButtonElement>("net-button");
  readonly #table = byId("net");

  constructor() {
    this.#button.addEventListener("click", () => this.#toggle());
    addEventListener("keydown", (event) => {
      if (event.code === "KeyN" && !event.repeat && !event.ctrlKey && !event.metaKey) {
        this.#toggle();
      }
    });
  }

  /** Shows a room's figures. */
  show(room: ArenaRoom): void {
    const { rtt, tick, desyncs } = room.stats;
    this.#brief(rtt === undefined ? `tick ${tick}` : `${rtt.toFixed(0)} ms`, desyncs === 0);
    if (this.#table.hidden) return;
    this.#table.replaceChildren(
      ...figures(room).flatMap(({ name, text, state }) => [
        make("dt", name),
        make("dd", text, state ? { "data-state": state } : {}),
      ]),
    );
  }

  /** Says that there is no room. */
  offline(): void {
    this.#brief("offline", false);
  }

  #brief(text: string, good: boolean): void {
    byId("net-brief").textContent = text;
    this.#button.dataset.state = good ? "good" : "bad";
  }

  #toggle(): void {
    this.#table.hidden = !this.#table.hidden;
    this.#button.setAttribute("aria-expanded", `${!this.#table.hidden}`);
  }
}

function figures({ id, player, rate, stats }: ArenaRoom): Figure[] {
  const known = (value: number | undefined, unit: string) =>
    value === undefined ? "…" : `${value.toFixed(1)} ${unit}`;
  return [
    { name: "room", text: id },
    { name: "player", text: `P${player}` },
    { name: "tick", text: `${stats.tick} at ${rate} Hz` },
    { name: "round trip", text: known(stats.rtt, "ms") },
    { name: "drawn behind", text: known(stats.delay, "ms") },
    { name: "input slack", text: known(stats.slack, "ticks") },
    { name: "received", text: `${(stats.bytesPerSecond / 1000).toFixed(2)} kB/s` },
    { name: "entities", text: `${stats.entities}` },
    { name: "checksums verified", text: `${stats.checksumsVerified}`, state: "good" },
    { name: "desyncs", text: `${stats.desyncs}`, state: stats.desyncs === 0 ? "good" : "bad" },
  ];
}
