// How long the arena's page works on a frame, with 200 ships in its room: all of its
// own script, drawing calls included. `median` and `p95` are milliseconds by the
// clock, from a frame's start to its end, so a busy machine makes them long; `cpu` is
// the mean of the thread's own time a frame, messages of the room included. What the
// browser does with what was drawn comes on top; without a GPU that is most of it.
//
//   RONDO_BIN, CHROMIUM   as for e2e/two-pages.mjs

import assert from "node:assert/strict";
import { launch } from "../e2e/browser.mjs";
import { startNode } from "../e2e/node.mjs";
import { Player } from "../e2e/player.mjs";

/** Ships that fly by themselves, beside the page's own. */
const DRONES = 199;

/** Frames that are measured. */
const FRAMES = 300;

/** Milliseconds that a frame has at 60 Hz. The page's own work must leave half of them. */
const BUDGET = 1000 / 60;

const LAPTOP = { width: 1440, height: 900 };

const node = await startNode(undefined, ["--set", `arena.npcs=${DRONES}`, "--log-level", "error"]);
try {
  const browser = await launch();
  try {
    const player = await Player.join(browser, node.url, { viewport: LAPTOP });
    await player.page.keyboard.down("KeyW");
    await player.page.waitForFunction((n) => window.rondo.ships.length > n, DRONES);
    const figures = await measure(player);
    console.log(JSON.stringify({ ...LAPTOP, ...figures }));
    assert.deepEqual(player.errors, [], "the page threw");
    assert(figures.cpu <= BUDGET / 2, "a frame takes too long");
  } finally {
    await browser.close();
  }
} finally {
  await node.stop();
}

/** @param {Player} player */
async function measure({ page }) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
  const script = async () => {
    const { metrics } = await devtools.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "ScriptDuration")?.value ?? 0;
  };
  const before = await script();
  const { times, ships, seconds } = await page.evaluate(async (frames) => {
    const start = performance.now();
    for (let i = 0; i < frames; i++) await new Promise(requestAnimationFrame);
    const seconds = (performance.now() - start) / 1000;
    const { frameTimes, ships } = window.rondo;
    return { times: frameTimes, ships: ships.length, seconds };
  }, FRAMES);
  const cpu = (1000 * ((await script()) - before)) / FRAMES;
  const sorted = [...times].sort((a, b) => a - b);
  const [median, p95] = [0.5, 0.95].map((part) => sorted[Math.floor(part * (sorted.length - 1))]);
  const round = (/** @type {number} */ ms) => Number(ms.toFixed(2));
  return {
    ships,
    frames: FRAMES,
    median: round(median),
    p95: round(p95),
    cpu: round(cpu),
    hertz: Math.round(FRAMES / seconds),
  };
}
