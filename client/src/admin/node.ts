import { byId, make } from "../demo/page.js";
import { write } from "../playground/write.js";
import { bytes, count, digits, percent, short, time } from "./format.js";
import type { Cell } from "./rows.js";
import { sparkIn } from "./rows.js";
import type { Status } from "./status.js";
import { bound, during, rate, steps } from "./track.js";

/** Shows the node: one figure a tile. */
export class NodeFigures {
  readonly #list = byId("node-list");
  readonly #tiles = new Map<string, Element>();

  show(track: readonly Status[]): void {
    const status = track.at(-1);
    if (status === undefined) return;
    const { node } = status;
    write(byId("node-title"), node.name);
    write(byId("node-version"), node.version);
    for (const [name, cell] of figuresOf(track, status)) this.#tile(name, cell);
    const state = byId("node-state");
    write(state, node.state === "stopping" ? "stopping: it takes nobody new" : node.state);
    state.dataset.state = node.state;
    const refused = byId("refused");
    refused.hidden = status.refused === 0;
    write(refused, `${count(status.refused)} × no room for a match: ${status.refusal ?? ""}`);
  }

  #tile(name: string, { text, line }: Cell): void {
    let value = this.#tiles.get(name);
    if (value === undefined) {
      const tile = make("div");
      value = make("dd", "", { "data-figure": name });
      value.append(make("span"));
      tile.append(make("dt", name), value);
      this.#list.append(tile);
      this.#tiles.set(name, value);
    }
    write(value.firstElementChild as Element, text);
    if (line !== undefined) sparkIn(value).show(line);
  }
}

function figuresOf(track: readonly Status[], { node }: Status): [name: string, cell: Cell][] {
  const late = (part: readonly Status[]) => bound(during(part, lateness), 0.99);
  const cpu = (part: readonly Status[]) => rate(part, (s) => s.node.cpu_s);
  const sent = (part: readonly Status[]) => rate(part, (s) => s.node.sent_bytes);
  const skipped = rate(track, (s) => s.node.ticks_skipped);
  const cores = cpu(track.slice(-6));
  return [
    ["up for", { text: time(node.uptime_s) }],
    ["rooms", { text: `${count(node.rooms)} of ${count(node.max_rooms)}` }],
    ["players", { text: count(node.players), line: track.map((s) => s.node.players) }],
    ["away", { text: count(node.away) }],
    ["spectators", { text: count(node.spectators) }],
    ["ticks late, p99", { text: atMost(late(track)), line: steps(track, late).map(finite) }],
    ["ticks skipped a minute", { text: digits(perMinute(skipped)) }],
    ["cores busy", { text: digits(cores), line: steps(track, cpu) }],
    ["memory", { text: bytes(node.memory_bytes) }],
    ["sent a second", { text: bytes(sent(track.slice(-6))), line: steps(track, sent) }],
    ...Object.entries(node.load).map(([of, share]): [string, Cell] => [
      LOADS[of] ?? `load of ${of}`,
      { text: loadOf(share, node.max_load), line: track.map((s) => s.node.load[of]) },
    ]),
  ];
}

/** What load is measured of. */
const LOADS: Readonly<Record<string, string>> = {
  cores: "rooms' load of cores",
  out: "load of --max-out",
};

/** A load, and at which one the node opens no more rooms. */
export function loadOf(share: number, most: number): string {
  return most < 0 ? percent(share) : `${percent(share)} of ${percent(most)}`;
}

const lateness = (status: Status) => status.node.lateness_s;

/** A bound in words. */
function atMost(seconds: number | undefined): string {
  if (seconds === Infinity) return "over 250 ms";
  return seconds === undefined ? short(seconds) : `≤ ${short(seconds)}`;
}

const finite = (n: number | undefined) => (n === Infinity ? undefined : n);

/** From a second to a minute. */
export const perMinute = (rate: number | undefined) => (rate === undefined ? rate : rate * 60);
