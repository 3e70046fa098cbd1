// Node, Chromium and Firefox each play the arena for a minute, in one room of a real node. Each runs
// the SDK as it is built, draws every frame, predicts its ship, and must prove what it draws.
//
//   SECONDS     how long, 60 where it is not set
//   RONDO_BIN   the program to test; built from this checkout where it is not set
//   CHROMIUM    the browsers; /usr/bin/chromium and /usr/bin/firefox-esr where they are not set,
//   FIREFOX     and "none" to play without one

import assert from "node:assert/strict";
import { WebSocket } from "ws";
import { launch } from "./browser.mjs";
import { Firefox } from "./firefox.mjs";
import { startNode } from "./node.mjs";
import { serveFolder } from "./site.mjs";

/** @import { Minute } from "./minute/play.js" */

const SECONDS = Number(process.env.SECONDS ?? 60);

/** What `npm run e2e` compiles e2e/minute/play.ts to. */
const BUILT = new URL("out/minute/", import.meta.url);
const SCRIPT = "e2e/minute/play.js";

const PLATFORMS = { Node: inNode, Chromium: inChromium, Firefox: inFirefox };

const site = await serveFolder(BUILT, "<!doctype html><title>A minute</title>");
const node = await startNode(undefined, ["--origins", site.url]);
try {
  const names = Object.keys(PLATFORMS).filter((name) => process.env[name.toUpperCase()] !== "none");
  const all = Object.entries(PLATFORMS).filter(([name]) => names.includes(name));
  const minutes = await Promise.all(all.map(([, play]) => play()));
  for (const [i, [name]] of all.entries()) look(name, minutes[i], all.length);
} finally {
  await node.stop();
  await site.close();
}

/** @returns {Promise<Minute>} */
async function inNode() {
  const { play } = await import(new URL(SCRIPT, BUILT).href);
  return play(node.url, SECONDS, { WebSocket });
}

/** @returns {Promise<Minute>} */
async function inChromium() {
  const browser = await launch();
  try {
    const page = await browser.newPage();
    await page.goto(site.url);
    return await page.evaluate(
      async ({ script, server, seconds }) => (await import(script)).play(server, seconds, {}),
      { script: `${site.url}/${SCRIPT}`, server: node.url, seconds: SECONDS },
    );
  } finally {
    await browser.close();
  }
}

/** @returns {Promise<Minute>} */
async function inFirefox() {
  const page = site.page(`
    const { play } = await import("/${SCRIPT}");
    return play(${JSON.stringify(node.url)}, ${SECONDS}, {});`);
  const firefox = Firefox.open(page.url);
  try {
    return /** @type {Minute} */ (await Promise.race([page.answer, firefox.ended]));
  } finally {
    await firefox.close();
  }
}

/** @param {string} name @param {Minute} minute @param {number} players */
function look(name, minute, players) {
  const { ticks, proved, desyncs, compared, wrong, frames, ships, flown, closed } = minute;
  console.log(
    `e2e: ${name.padEnd(8)} ${ticks} ticks, ${proved} proved, ${desyncs} desyncs, ` +
      `${wrong} of ${compared} predicted wrong, ${frames} frames, ${flown.toFixed(0)} units flown`,
  );
  assert.equal(closed, undefined, `${name}: the room was closed`);
  assert.equal(desyncs, 0, `${name}: a checksum did not agree`);
  assert(proved > ticks / 2 && ticks > SECONDS, `${name}: ${proved} of ${ticks} ticks were proved`);
  assert(compared > ticks / 4, `${name}: only ${compared} ticks were predicted`);
  assert(wrong <= compared / 4, `${name}: ${wrong} of ${compared} predicted ticks were wrong`);
  assert(ships >= players, `${name}: the others were not seen`);
  assert(flown > 150, `${name}: the ship flew ${flown} units`);
}
