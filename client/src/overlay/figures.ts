import type { RoomStats } from "../room.js";

/** How a figure does: `bad` is what a player feels. */
export type Mood = "good" | "bad" | "plain";

/** A line of the overlay. */
export interface Figure {
  readonly name: string;
  readonly text: string;
  readonly mood: Mood;
}

/** Shares and milliseconds from which on a player feels it. */
const LATE_FELT = 0.03;
const MISSED_FELT = 0.045;
const RTT_FELT = 200;
const OFF_FELT = 2;

/**
 * What the overlay says of a connection.
 *
 * @param before the stats as they were some seconds ago, for what is counted by the second
 */
export function figuresOf(stats: RoomStats, before: RoomStats, seconds: number): Figure[] {
  const grown = (share: keyof RoomStats["bytes"]) =>
    (stats.bytes[share] - before.bytes[share]) / seconds;
  const { rtt, rttLeast, jitter, delay, late, slack, dilation, inputsMissed, prediction } = stats;
  return [
    figure("round trip", known(rtt, "ms"), rtt === undefined ? undefined : rtt < RTT_FELT),
    figure("at best", known(rttLeast, "ms")),
    figure("jitter", known(jitter, "ms")),
    figure("drawn behind", known(delay, "ms")),
    figure("states late", percent(late), late < LATE_FELT),
    figure("input slack", `${known(slack, "ticks")}, ${signed(-dilation)}`),
    figure("ticks without input", percent(inputsMissed), inputsMissed < MISSED_FELT),
    figure("received", rate(grown("state") + grown("hidden") + grown("messages"))),
    figure("of it state", rate(grown("state"))),
    figure("private", rate(grown("hidden"))),
    figure("messages", rate(grown("messages"))),
    ...(prediction ? predicted(prediction) : []),
    figure("checksums", `${stats.checksumsVerified} agreed`, true),
    figure("desyncs", `${stats.desyncs}`, stats.desyncs === 0),
  ];
}

function predicted(stats: NonNullable<RoomStats["prediction"]>): Figure[] {
  const { compared, wrong, shifted, error } = stats;
  return [
    figure("predicted right", `${compared - wrong} of ${compared}`),
    figure("corrections", `${wrong} wrong, ${shifted} shifted`),
    figure("prediction off by", error.toFixed(2), error < OFF_FELT),
  ];
}

function figure(name: string, text: string, good?: boolean): Figure {
  return { name, text, mood: good === undefined ? "plain" : good ? "good" : "bad" };
}

function known(value: number | undefined, unit: string): string {
  return value === undefined ? "…" : `${value.toFixed(1)} ${unit}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function signed(share: number): string {
  return `${share < 0 ? "−" : "+"}${percent(Math.abs(share))}`;
}

function rate(bytes: number): string {
  return `${(bytes / 1000).toFixed(2)} kB/s`;
}
