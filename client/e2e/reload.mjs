// A page that is loaded anew while it plays has its seat again, in Chromium and in Firefox: it keeps
// the way back in sessionStorage (RESUME-11).
//
// RONDO_BIN, CHROMIUM and FIREFOX are as in minute.mjs.

import assert from "node:assert/strict";
import { launch } from "./browser.mjs";
import { Firefox } from "./firefox.mjs";
import { startNode } from "./node.mjs";
import { serveFolder } from "./site.mjs";

/** What a page says that was loaded anew so many times. */
const LOADS = 3;

/** What `npm run e2e:reload` compiles the SDK to. */
const BUILT = new URL("out/minute/", import.meta.url);

const BROWSERS = { Chromium: inChromium, Firefox: inFirefox };

const site = await serveFolder(BUILT, "<!doctype html><title>Loaded anew</title>");
const node = await startNode(undefined, ["--origins", site.url]);
try {
  for (const [name, load] of Object.entries(BROWSERS)) {
    if (process.env[name.toUpperCase()] === "none") continue;
    const { url, answer } = site.page(script(node.url));
    const { players, ends, desyncs } = await load(url, answer);
    console.log(`e2e: ${name.padEnd(8)} was player ${players}; before it went it heard ${ends}`);
    assert.equal(players.length, LOADS, `${name} was loaded ${players.length} times`);
    assert.equal(new Set(players).size, 1, `${name} was player ${players} after each load`);
    assert.equal(desyncs, 0, `${name}: a checksum did not agree`);
  }
} finally {
  await node.stop();
  await site.close();
}

/** What the page does each time that it is loaded. @param {string} server */
function script(server) {
  return `
    const { join } = await import("/src/index.js");
    const { arena } = await import("/src/arena_gen.js");
    const room = await join(${JSON.stringify(server)}, arena, { storage: sessionStorage });
    const told = JSON.parse(sessionStorage.getItem("told") ?? '{"players":[],"ends":[],"desyncs":0}');
    const tell = () => sessionStorage.setItem("told", JSON.stringify(told));
    told.players.push(room.player);
    tell();
    room.on("close", ({ code }) => { told.ends.push(code); tell(); });
    room.on("resuming", ({ code }) => { told.ends.push(code); tell(); });
    room.input(() => ({ thrust: 1, turn: 1, aim: 0, fire: 0 }));
    const { tick } = room.stats;
    while (room.stats.tick < tick + 30) await new Promise((done) => setTimeout(done, 50));
    told.desyncs += room.stats.desyncs;
    tell();
    if (told.players.length === ${LOADS}) return told;
    location.reload();
    return new Promise(() => {});`;
}

/**
 * @typedef {{ players: number[], ends: number[], desyncs: number }} Told
 * @param {string} url @param {Promise<unknown>} answer @returns {Promise<Told>}
 */
async function inChromium(url, answer) {
  const browser = await launch();
  try {
    const page = await browser.newPage();
    await page.goto(url);
    return /** @type {Told} */ (await answer);
  } finally {
    await browser.close();
  }
}

/** @param {string} url @param {Promise<unknown>} answer @returns {Promise<Told>} */
async function inFirefox(url, answer) {
  const firefox = Firefox.open(url);
  try {
    return /** @type {Told} */ (await Promise.race([answer, firefox.ended]));
  } finally {
    await firefox.close();
  }
}
