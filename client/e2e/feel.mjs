// How the arena feels to a player far away: a page flies after others and shoots at them over the
// network of NETEM_CONTROL, and counts at every frame. Prints the figures as JSON, and fails where one
// is not as promised. From the folder of this package, as root:
//
//   MINUTES=10 go run ../internal/netem/cmd/netem -profile bad node e2e/feel.mjs

import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { launch } from "./browser.mjs";
import { collect } from "./feel/collect.mjs";
import { startNode } from "./node.mjs";
import { Player } from "./player.mjs";

/** @import { Figures } from "./feel/collect.mjs" */

const MINUTES = Number(process.env.MINUTES ?? 10);

/** Milliseconds of a hunt, and of rest before a key is pressed to see how long the ship takes to answer. */
const HUNT = 8000;
const REST = 600;

const node = await startNode();
try {
  const browser = await launch();
  try {
    const player = await Player.join(browser, node.url, { viewport: { width: 1280, height: 800 } });
    await player.page.evaluate(collect);
    const end = performance.now() + MINUTES * 60_000;
    while (performance.now() < end) {
      await hunt(player);
      await answer(player);
    }
    const figures = /** @type {Figures} */ (await player.page.evaluate("feel()"));
    console.log(JSON.stringify(figures));
    assert.deepEqual(player.errors, [], "the page threw");
    judge(figures);
  } finally {
    await browser.close();
  }
} finally {
  await node.stop();
}

/** Flies after the nearest other ship for a while. @param {Player} player */
async function hunt(player) {
  const stop = AbortSignal.timeout(HUNT);
  while (!stop.aborted) {
    const prey = await player.nearest();
    if (prey === undefined) await player.after((await player.stats()).tick);
    else await player.chase(prey, AbortSignal.any([stop, AbortSignal.timeout(HUNT / 4)]));
  }
}

/** Presses a key after a rest, which the collector notes. @param {Player} player */
async function answer(player) {
  await pause(REST);
  await player.page.keyboard.down("KeyD");
  await pause(REST / 2);
  await player.page.keyboard.up("KeyD");
}

/** @param {Figures} figures */
function judge({
  desyncs,
  starved_share,
  shoves_per_minute,
  jumps_per_minute,
  answers,
  answer_frames,
}) {
  assert.equal(desyncs, 0, "a checksum did not agree");
  assert(answers > 0, "no key was answered");
  assert(answer_frames.p50 <= 1, `the ship answers after ${answer_frames.p50} frames`);
  assert(starved_share <= 0.03, `${starved_share} of the frames were starved`);
  const seen = shoves_per_minute + jumps_per_minute;
  assert(seen <= 1, `corrections moved the ship by over 2 units in a frame ${seen} times a minute`);
}
