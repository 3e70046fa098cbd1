import { describe, expect, it } from "vitest";
import { wordsOf } from "../src/admin/explain.js";
import { bytes, count, digits, percent, short, time } from "../src/admin/format.js";
import { loadOf } from "../src/admin/node.js";
import { lineOf } from "../src/admin/queues.js";
import { points } from "../src/admin/spark.js";
import type { Histogram, Queue, Status } from "../src/admin/status.js";
import { bound, during, extend, mean, rate, steps } from "../src/admin/track.js";

describe("a figure is written", () => {
  it.each([
    [-1, "0 s"],
    [0.9, "0 s"],
    [59.9, "59 s"],
    [60, "1 min"],
    [61, "1 min 1 s"],
    [3600, "1 h"],
    [3 * 86_400 + 4 * 3600 + 59, "3 d 4 h"],
    [86_400 + 59, "1 d"],
  ])("as a time: %d s", (seconds, text) => {
    expect(time(seconds)).toBe(text);
  });

  it.each([
    [undefined, "–"],
    [0, "0 µs"],
    [0.0000123, "12 µs"],
    [0.00123, "1.2 ms"],
    [0.25, "250 ms"],
    [1.26, "1.3 s"],
  ])("as a short time: %d s", (seconds, text) => {
    expect(short(seconds)).toBe(text);
  });

  it.each([
    [undefined, "–"],
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1 kB"],
    [1_234_567, "1.2 MB"],
    [3e16, "30,000 TB"],
  ])("as bytes: %d", (n, text) => {
    expect(bytes(n)).toBe(text);
  });

  it("as a number or a share", () => {
    expect([count(12_345), digits(9.96), digits(12.3), digits(0.0123), digits(undefined)]).toEqual([
      "12,345",
      "10",
      "12",
      "0.012",
      "–",
    ]);
    expect([0.456, 0.0123, 0.0001, 0].map(percent)).toEqual(["46 %", "1.2 %", "0 %", "0 %"]);
  });
});

it("a load is written with its bound, where there is one", () => {
  expect([loadOf(0.123, 0.9), loadOf(0, -1)]).toEqual(["12 % of 90 %", "0 %"]);
});

describe("a sparkline", () => {
  it("goes from 0 at the bottom to its largest value at the top, newest at the right", () => {
    expect(points([0, 5, 10], 60, 16)).toBe("0,16 30,8 60,0");
  });

  it("lies at the bottom where there is nothing", () => {
    expect(points([0, 0], 60, 16)).toBe("0,16 60,16");
    expect(points([], 60, 16)).toBe("");
    expect(points([undefined, undefined], 60, 16)).toBe("");
  });

  it("goes straight over a gap, and may be one point", () => {
    expect(points([4, undefined, 2], 60, 16)).toBe("0,0 60,8");
    expect(points([4], 60, 16)).toBe("60,0");
  });
});

/** A status of a node that is up for so long. */
function status(uptime: number, queue: Partial<Queue> = {}, name = "eu1"): Status {
  const lateness_s: Histogram = { bounds: [], counts: [], count: 0, sum: 0 };
  return {
    node: {
      name,
      version: "v1",
      state: "ready",
      uptime_s: uptime,
      rooms: 0,
      max_rooms: 10,
      players: 0,
      away: 0,
      spectators: 0,
      ticks: 0,
      ticks_skipped: 0,
      lateness_s,
      sent_bytes: 1000 * uptime,
      load: {},
      max_load: 0.9,
    },
    queues: [
      { game: "arena", mode: "duel", waiting: 0, players: 0, oldest_s: 0, matched: 0, ...queue },
    ],
    rooms: [],
    rooms_more: 0,
    refused: 0,
  };
}

const cycles = (...counts: number[]): Histogram => ({
  bounds: [1, 2],
  counts: counts.slice(0, 2),
  count: counts[2],
  sum: counts[3],
});

describe("a track", () => {
  it("keeps a minute, and forgets a node that was started anew or is another one", () => {
    let track: readonly Status[] = [];
    for (let i = 1; i <= 100; i++) track = extend(track, status(i));
    expect([track.length, track[0].node.uptime_s]).toEqual([61, 40]);
    expect(extend(track, status(2))).toHaveLength(1);
    expect(extend(track, status(200, {}, "eu2"))).toHaveLength(1);
    expect(extend(track, status(100))).toHaveLength(1);
  });

  it("tells how much a total grows a second of the node's own clock", () => {
    const sent = (s: Status) => s.node.sent_bytes;
    expect(rate([status(10), status(11), status(14)], sent)).toBe(1000);
    expect(steps([status(10), status(11), status(14)], (pair) => rate(pair, sent))).toEqual([
      1000, 1000,
    ]);
    expect(rate([status(10)], sent)).toBeUndefined();
    expect(rate([], sent)).toBeUndefined();
    expect(rate([status(10), status(11)], (s) => s.node.cpu_s)).toBeUndefined();
  });

  it("tells what came between its ends", () => {
    const track = [
      status(1, { cycles_s: cycles(1, 2, 3, 9) }),
      status(2, { cycles_s: cycles(4, 5, 7, 19) }),
    ];
    const came = during(track, (s) => s.queues[0].cycles_s);
    expect(came).toEqual(cycles(3, 3, 4, 10));
    expect(mean(came)).toBe(2.5);
    expect([bound(came, 0.5), bound(came, 0.75), bound(came, 0.99)]).toEqual([1, 1, Infinity]);
    expect(during(track.slice(1), (s) => s.queues[0].cycles_s)).toBeUndefined();
    expect([mean(cycles(0, 0, 0, 0)), bound(cycles(0, 0, 0, 0), 0.5)]).toEqual([
      undefined,
      undefined,
    ]);
  });
});

describe("a queue's row", () => {
  it("has rates over the track, and lines of how they went", () => {
    const track = [
      status(10, { matched: 5, cycles_s: cycles(0, 1, 1, 2), spreads: cycles(0, 0, 1, 40) }),
      status(20, { matched: 6, cycles_s: cycles(2, 3, 3, 4), spreads: cycles(0, 0, 1, 40) }),
      status(40, {
        ...{ matched: 8, waiting: 3, players: 7, oldest_s: 61 },
        ...{ cycles_s: cycles(2, 3, 3, 4), spreads: cycles(0, 0, 2, 60) },
      }),
    ];
    const line = lineOf(track, track[2].queues[0]);
    expect(line.map(({ text }) => text)).toEqual([
      "arena duel",
      "3 (7 players)",
      "1 min 1 s",
      "6",
      "20 points",
      "1 s",
    ]);
    expect(line[1].line).toEqual([0, 0, 3]);
    expect(line[5].line).toEqual([1, undefined]);
  });

  it("of quick play has neither spread nor cycle", () => {
    const only = status(10, { waiting: 2, players: 2 });
    const texts = lineOf([only], only.queues[0]).map(({ text }) => text);
    expect(texts).toEqual(["arena duel", "2", "0 s", "–", "–", "–"]);
  });
});

describe("an explanation", () => {
  it("says which rule holds a ticket back, and when that changes", () => {
    expect(
      wordsOf({
        status: "queued",
        rule: "skill",
        text: "the nearest player is 300 points away",
        waited_s: 12.3,
        needed: 1,
        left: [
          { rule: "players", players: 5 },
          { rule: "skill", players: 0 },
        ],
        widens_s: 8.25,
        overdue_s: 47.7,
      }),
    ).toEqual([
      ["the ticket", "queued: the nearest player is 300 points away"],
      ["has waited", "12 s"],
      ["held back by", "skill: too few wait near in skill"],
      ["others left of 1 needed", "players 5, skill 0"],
      ["widens enough in", "8.3 s, if nobody comes or goes"],
      ["takes any match in", "47 s"],
    ]);
  });

  it("of a ticket that has ended is that", () => {
    const text = "it waits no more: it is matched";
    expect(wordsOf({ status: "matched", text, waited_s: 0 })).toEqual([
      ["the ticket", `matched: ${text}`],
    ]);
  });

  it("names a rule that this page does not know", () => {
    const words = wordsOf({ status: "queued", rule: "moon", text: "it is full", waited_s: 1 });
    expect(words).toContainEqual(["held back by", "moon: a rule of the mode"]);
  });
});
