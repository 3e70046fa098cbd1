import type { Histogram, Queue, Status } from "./status.js";

/** Statuses that are kept: at one a second those of a minute. */
const KEPT = 61;

/**
 * The last statuses of a node, oldest first, with one more. Where the node was started anew, or is another one, what came before
 * is forgotten: its totals began at 0 again.
 */
export function extend(track: readonly Status[], next: Status): readonly Status[] {
  const last = track.at(-1)?.node;
  const same = last?.name === next.node.name && last.uptime_s < next.node.uptime_s;
  return same ? [...track, next].slice(-KEPT) : [next];
}

/** How much a total grows a second, over all of the track; undefined if that cannot be told yet. */
export function rate(
  track: readonly Status[],
  total: (status: Status) => number | undefined,
): number | undefined {
  const [first, last] = [track[0], track.at(-1)];
  if (first === undefined || last === undefined || first === last) return undefined;
  const [before, after] = [total(first), total(last)];
  if (before === undefined || after === undefined) return undefined;
  return (after - before) / (last.node.uptime_s - first.node.uptime_s);
}

/** A figure of each two statuses that follow each other. */
export function steps<T>(
  track: readonly Status[],
  figure: (pair: readonly Status[]) => T,
): readonly T[] {
  return track.slice(1).map((status, i) => figure([track[i], status]));
}

/** The values that came between the first and the last status. */
export function during(
  track: readonly Status[],
  histogram: (status: Status) => Histogram | undefined,
): Histogram | undefined {
  const [first, last] = [track[0], track.at(-1)];
  const after = last && histogram(last);
  if (first === undefined || first === last || after === undefined) return undefined;
  const before = histogram(first);
  if (before === undefined) return undefined;
  return {
    bounds: after.bounds,
    counts: after.counts.map((count, i) => count - before.counts[i]),
    count: after.count - before.count,
    sum: after.sum - before.sum,
  };
}

/** The mean of a histogram's values, undefined of none. */
export function mean(histogram: Histogram | undefined): number | undefined {
  if (histogram === undefined || histogram.count === 0) return undefined;
  return histogram.sum / histogram.count;
}

/**
 * The least bound that a share of a histogram's values, from 0 to 1, keep to: Infinity where they are above the last,
 * undefined of none.
 */
export function bound(histogram: Histogram | undefined, share: number): number | undefined {
  if (histogram === undefined || histogram.count === 0) return undefined;
  const enough = share * histogram.count;
  return histogram.bounds.find((_, i) => histogram.counts[i] >= enough) ?? Infinity;
}

/** The queue of a game and mode, which every status has. */
export function queueOf(status: Status, { game, mode }: Queue): Queue | undefined {
  return status.queues.find((queue) => queue.game === game && queue.mode === mode);
}
