import { byId } from "../demo/page.js";
import { digits, short, time } from "./format.js";
import { perMinute } from "./node.js";
import type { Cell } from "./rows.js";
import { Rows } from "./rows.js";
import type { Queue, Status } from "./status.js";
import { during, mean, queueOf, rate, steps } from "./track.js";

/** The queues, one a row. */
export class Queues {
  readonly #rows = new Rows(byId("queues-table"));

  show(track: readonly Status[]): void {
    const queues = track.at(-1)?.queues ?? [];
    this.#rows.show(queues.map((queue) => lineOf(track, queue)));
  }
}

/** The cells of a queue, in the order of the table's columns. */
export function lineOf(track: readonly Status[], queue: Queue): Cell[] {
  const was = (status: Status) => queueOf(status, queue);
  const matched = (part: readonly Status[]) => rate(part, (s) => was(s)?.matched);
  const cycle = (part: readonly Status[]) => mean(during(part, (s) => was(s)?.cycles_s));
  const spread = mean(during(track, (s) => was(s)?.spreads)) ?? mean(queue.spreads);
  return [
    { text: `${queue.game} ${queue.mode}` },
    { text: waiting(queue), line: track.map((s) => was(s)?.waiting) },
    {
      text: queue.waiting === 0 ? "–" : time(queue.oldest_s),
      line: track.map((s) => was(s)?.oldest_s),
    },
    { text: digits(perMinute(matched(track))), line: steps(track, matched) },
    { text: spread === undefined ? "–" : `${digits(spread)} points` },
    queue.cycles_s === undefined
      ? { text: "–" }
      : { text: short(cycle(track) ?? mean(queue.cycles_s)), line: steps(track, cycle) },
  ];
}

/** Tickets that wait, and their players where those are more. */
function waiting({ waiting, players }: Queue): string {
  return players === waiting ? `${waiting}` : `${waiting} (${players} players)`;
}
