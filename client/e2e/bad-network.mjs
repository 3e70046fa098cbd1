// A page plays over the network that NETEM_CONTROL changes: a bad one, 5 s of none
// at all, and the bad one again. It must prove every state that it draws, and go
// on after the dark without a reload. From the folder of this package, as root:
//
//   go run ../internal/netem/cmd/netem -profile bad node e2e/bad-network.mjs

import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { launch } from "./browser.mjs";
import { startNode } from "./node.mjs";
import { Player } from "./player.mjs";

/** Checksums that the page must verify before the dark and after it: one comes with each tick. */
const PROOFS = 200;

/** Milliseconds without a network. */
const DARK = 5000;

const node = await startNode();
try {
  const browser = await launch();
  try {
    const player = await Player.join(browser, node.url, { viewport: { width: 1280, height: 800 } });
    await player.page.evaluate(() => Object.assign(window, { loaded: "once" }));
    await player.page.keyboard.down("KeyW");
    await player.page.keyboard.down("KeyA");
    await player.proves(PROOFS);
    await network("blackhole");
    await pause(DARK);
    await network("bad");
    await player.proves(PROOFS);
    assert.equal(await player.page.evaluate("window.loaded"), "once", "the page was loaded again");
    assert.deepEqual(player.errors, [], "the page threw");
  } finally {
    await browser.close();
  }
} finally {
  await node.stop();
}
console.log(`e2e: a page played on after ${DARK} ms without a network`);

/** Changes the network. @param {string} profile */
async function network(profile) {
  const control = connect(process.env.NETEM_CONTROL ?? assert.fail("there is no NETEM_CONTROL"));
  control.end(`${profile}\n`);
  const [answer] = await once(control.setEncoding("utf8"), "data");
  assert.equal(answer, "ok\n");
}
