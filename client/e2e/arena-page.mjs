// What the arena's page has beside flying: names and colours that others see, those
// who come later too, watching, the split view, sound that is off until asked for,
// a gamepad; and that every control has a name, can be reached and fits on a phone.
//
//   RONDO_BIN, CHROMIUM   as for two-pages.mjs

import assert from "node:assert/strict";
import { launch } from "./browser.mjs";
import { checkControls } from "./controls.mjs";
import { startNode } from "./node.mjs";
import { Player } from "./player.mjs";
import { DESKTOP, PHONE, picture } from "./screen.mjs";

/** Ticks in which who watches must send nothing. */
const QUIET = 15;

const node = await startNode();
try {
  const browser = await launch();
  try {
    const ada = await Player.join(browser, node.url, DESKTOP);
    const bob = await Player.join(browser, node.url, DESKTOP);
    await nameShip(ada, "Ada \u202e  Lovelace", "magenta");
    await seesName(bob, await ada.ownId(), "Ada Lovelace", "magenta");
    await watchOthers(bob);
    await splitView(bob);
    await soundIsOff(bob);
    await seesName(bob, await ada.ownId(), "Ada Lovelace", "magenta"); // it came anew
    await flyByGamepad(bob);
    await bob.page.context().close(); // who draws takes time from the others
    await checkControls(ada.page, "desktop", { pictures: false });
    const phone = await Player.join(browser, node.url, PHONE);
    await seesName(phone, await ada.ownId(), "Ada Lovelace", "magenta");
    await checkControls(phone.page, "phone", { pictures: true });
    for (const { errors } of [ada, bob, phone]) assert.deepEqual(errors, [], "a page threw");
  } finally {
    await browser.close();
  }
} finally {
  await node.stop();
}
console.log("e2e: names, watching, split view, sound, gamepad and every control of the page work");

/**
 * Gives the player's ship a name and a colour, by keyboard.
 *
 * @param {Player} player
 * @param {string} name
 * @param {string} colour
 */
async function nameShip({ page }, name, colour) {
  await page.keyboard.press("KeyC");
  const field = page.getByLabel("Name", { exact: true });
  assert.notEqual(await field.inputValue(), "c", "the key that opens the panel is typed into it");
  await field.fill(name);
  await page.getByLabel(colour).check();
  await field.press("Enter");
  await field.waitFor({ state: "hidden" });
}

/**
 * Waits until a page draws a ship by its name and in its colour, and has it on its score board.
 *
 * @param {Player} player
 * @param {number} id
 * @param {string} name
 * @param {string} colour
 */
async function seesName({ page }, id, name, colour) {
  await page.waitForFunction(
    ([id, name, colour]) => {
      const ship = window.rondo.ships.find((ship) => ship.id === id);
      return ship?.name === name && ship.colour.name === colour;
    },
    /** @type {const} */ ([id, name, colour]),
  );
  await page.getByLabel("Score board").getByText(name).waitFor();
}

/** Watches the leader, the next ship, and flies again. @param {Player} player */
async function watchOthers(player) {
  const { page } = player;
  const own = await player.ownId();
  await page.keyboard.press("KeyO");
  await page.waitForFunction((own) => ![0, own].includes(window.rondo.focus), own);
  const leader = await page.evaluate(() => window.rondo.focus);
  await page.getByRole("button", { name: "Watch the next ship" }).click();
  await page.waitForFunction(
    ([own, leader]) => ![0, own, leader].includes(window.rondo.focus),
    [own, leader],
  );
  await picture(page, "watching");
  await sendsNothing(player);
  await page.getByRole("button", { name: "Fly again" }).click();
  await page.waitForFunction((own) => window.rondo.focus === own, own);
}

/**
 * Waits until no input is applied for some ticks: first those on their way are.
 *
 * @param {Player} player
 */
async function sendsNothing({ page }) {
  await page.waitForFunction((quiet) => {
    const { tick, inputsApplied: applied } = window.rondo.stats ?? { tick: 0, inputsApplied: 0 };
    const since = /** @type {any} */ (window).quietSince;
    if (since?.applied !== applied) Object.assign(window, { quietSince: { tick, applied } });
    return since?.applied === applied && tick - since.tick > quiet;
  }, QUIET);
}

/** @param {Player} player */
async function splitView({ page }) {
  await page.keyboard.press("KeyV");
  const views = page.getByLabel("Your ship, seen in three ways");
  for (const name of ["raw", "interpolated", "predicted"]) {
    await views.getByText(name).waitFor();
  }
  await page.waitForFunction(() =>
    [...document.querySelectorAll("#split canvas")].every((canvas) => {
      const { width, height } = /** @type {HTMLCanvasElement} */ (canvas);
      const ctx = /** @type {HTMLCanvasElement} */ (canvas).getContext("2d");
      return width > 0 && ctx?.getImageData(0, 0, width, height).data.some((v) => v > 0);
    }),
  );
  await picture(page, "split");
  await page.keyboard.press("KeyV");
  await views.waitFor({ state: "hidden" });
}

/** Sound is off, goes on by a key, and that is remembered. @param {Player} player */
async function soundIsOff({ page }) {
  const pressed = () => page.getByRole("button", { name: "Sound" }).getAttribute("aria-pressed");
  assert.equal(await pressed(), "false", "the page sounds before anybody asked");
  await page.keyboard.press("KeyM");
  assert.equal(await pressed(), "true");
  await page.reload();
  await page.waitForFunction(() => window.rondo?.own !== undefined);
  assert.equal(await pressed(), "true", "the page forgot that it may sound");
}

/** A gamepad's left stick lets the ship thrust. @param {Player} player */
async function flyByGamepad({ page }) {
  await page.evaluate(() => {
    const buttons = Array.from({ length: 17 }, () => ({ pressed: false, value: 0 }));
    const heading = 2 * Math.PI * (window.rondo.own?.heading ?? 0);
    const axes = [Math.cos(heading), Math.sin(heading), 0, 0];
    const pad = { connected: true, mapping: "standard", axes, buttons };
    Object.defineProperty(navigator, "getGamepads", { value: () => [null, pad] });
  });
  await page.waitForFunction(() => window.rondo.own?.thrusting);
}
