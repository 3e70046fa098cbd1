// Two people play in two pages against a real node, and a third on a phone.
// Each must see the others' ships move and prove every state that it draws; one
// goes far away, and its shots must be drawn in the frame after the key. Then the
// node stops, and the pages must say so. Screenshots go to e2e/out.
//
//   RONDO_BIN   the program to test; built from this checkout where it is not set
//   CHROMIUM    the browser; /usr/bin/chromium where it is not set

import assert from "node:assert/strict";
import { launch } from "./browser.mjs";
import { startNode } from "./node.mjs";
import { Player } from "./player.mjs";
import { DESKTOP, PHONE, picture } from "./screen.mjs";

/** @import { Browser } from "playwright-core" */

/** Units that a ship must move for all to see. */
const FAR = 150;

/** Units between two ships that fit into one picture. */
const NEAR = 320;

/** Checksums that a page must verify while it plays. */
const PROOFS = 20;

/** Shots that must come without a round trip. */
const SHOTS = 3;

const node = await startNode();
try {
  const browser = await launch();
  try {
    await play(browser);
  } finally {
    await browser.close();
  }
} finally {
  await node.stop();
}
console.log(
  "e2e: every page saw the others' ships move, shots came at once, and every checksum agreed",
);

/** @param {Browser} browser */
async function play(browser) {
  const one = await Player.join(browser, node.url, DESKTOP);
  const two = await Player.join(browser, node.url, DESKTOP);
  await playEachOther(one, two);
  await one.network("bad"); // a round trip of 150 ms
  await one.shootsAtOnce(SHOTS);
  const three = await Player.join(browser, node.url, PHONE);
  await playByTouch(three, one);
  await hearGoodbye([one, two, three]);
}

/**
 * Two ships hunt each other: both pages must see the other one move.
 *
 * @param {Player} one
 * @param {Player} two
 */
async function playEachOther(one, two) {
  const [first, second] = [await one.ownId(), await two.ownId()];
  assert.notEqual(first, second, "both pages fly the same ship");
  const matches = await one.page.evaluate(() => window.rondo.room?.schemaMatches);
  assert(matches, "the page was built from another schema than the node's");
  const [secondAt, firstAt] = [await one.sees(second), await two.sees(first)];
  await one.page.keyboard.press("KeyN"); // opens the network figures
  const stop = new AbortController();
  const hunts = [one.chase(second, stop.signal), two.chase(first, stop.signal)];
  await Promise.all([one.seesMove(second, secondAt, FAR), two.seesMove(first, firstAt, FAR)]);
  await Promise.all([one.proves(PROOFS), two.proves(PROOFS)]);
  await Promise.all([one.foresees(PROOFS), two.foresees(PROOFS)]);
  await meet(one, second);
  await picture(one.page, "desktop");
  await picture(two.page, "desktop-2");
  stop.abort();
  await Promise.all(hunts);
}

/**
 * A ship flies by a finger on the stick, and another page sees it.
 *
 * @param {Player} phone
 * @param {Player} watcher
 */
async function playByTouch(phone, watcher) {
  const id = await phone.ownId();
  const from = await watcher.sees(id);
  await phone.pushStick(await phone.page.context().newCDPSession(phone.page));
  await watcher.seesMove(id, from, FAR);
  await phone.proves(PROOFS);
  await picture(phone.page, "phone");
  await phone.page.locator("#net-button").tap();
  await phone.page.getByLabel("Network figures").getByText("round trip").waitFor();
  await picture(phone.page, "phone-network");
}

/**
 * The node stops: every page must say that it is lost and that it tries again.
 *
 * @param {Player[]} players
 */
async function hearGoodbye(players) {
  await node.stop();
  for (const { page, errors } of players) {
    await page.getByRole("status").getByText("Trying again in").waitFor();
    assert.deepEqual(errors, [], "a page threw");
  }
  await picture(players[0].page, "lost");
}

/**
 * Waits until two ships that hunt each other are near.
 *
 * @param {Player} player
 * @param {number} id
 */
async function meet(player, id) {
  await player.page.waitForFunction(
    ({ id, near }) => {
      const { own, ships } = window.rondo;
      const other = ships.find((ship) => ship.id === id);
      return own?.alive && other?.alive && Math.hypot(own.x - other.x, own.y - other.y) < near;
    },
    { id, near: NEAR },
  );
}
