// A developer opens the playground for drift, arena and a game without places:
// entities must move, inputs by hand must be applied and act, and every control
// must have a name and a way to it by keys. Screenshots go to e2e/out.
//
// RONDO_BIN and CHROMIUM are as in two-pages.mjs.

import assert from "node:assert/strict";
import { launch } from "./browser.mjs";
import { startNode } from "./node.mjs";
import { DESKTOP, PHONE, picture } from "./screen.mjs";

/** @import { Browser, BrowserContextOptions, Page } from "playwright-core" */

/** Milliseconds that any condition may take: the machine may be busy with other things. */
const PATIENCE = 180_000;

/** Inputs that the server must have applied. */
const INPUTS = 10;

await withNode(undefined, async (browser, url) => {
  const page = await open(browser, url, DESKTOP);
  await playDrift(page);
  await playArena(page);
  await picture(page, "playground-desktop", { fullPage: true });
  await linkFromTheGame(page, url);
  const dark = await open(browser, `${url}?game=arena`, { ...DESKTOP, colorScheme: "dark" });
  await moves(dark);
  await picture(dark, "playground-dark");
  const phone = await open(browser, `${url}?game=arena`, PHONE);
  await moves(phone);
  await fitsAcross(phone);
  await picture(phone, "playground-phone", { fullPage: true });
});
await withNode("./examples/cards", async (browser, url) => {
  await playCards(await open(browser, url, DESKTOP));
  const phone = await open(browser, `${url}?game=cards`, { ...PHONE, colorScheme: "dark" });
  await applies(phone);
  await fitsAcross(phone);
  await picture(phone, "playground-cards-phone", { fullPage: true });
});
console.log("e2e: the playground played drift, arena and a game without places");

/**
 * Uses a node and a browser, and ends both.
 *
 * @param {string | undefined} program
 * @param {(browser: Browser, url: string) => Promise<void>} use is given the playground's address
 */
async function withNode(program, use) {
  const node = await startNode(program);
  try {
    const browser = await launch();
    try {
      await use(browser, `${node.url}playground/`);
    } finally {
      await browser.close();
    }
  } finally {
    await node.stop();
  }
}

/**
 * Opens a page; an error that it throws ends the test.
 *
 * @param {Browser} browser
 * @param {string} url
 * @param {BrowserContextOptions} options
 */
async function open(browser, url, options) {
  const page = await (await browser.newContext(options)).newPage();
  page.setDefaultTimeout(PATIENCE);
  page.on("pageerror", (error) => {
    throw error;
  });
  await page.goto(url);
  return page;
}

/** Joins by keys alone, and follows an entity. @param {Page} page */
async function playDrift(page) {
  const join = page.getByRole("button", { name: "Join drift" });
  await join.waitFor();
  await tabTo(page, "Join drift");
  await page.keyboard.press("Enter");
  await moves(page);
  await applies(page);
  const follow = page.getByRole("button", { name: /^Follow Mover/ }).first();
  await follow.click();
  await page.locator("#picked").getByText("Mover").waitFor();
  await page.getByLabel("zoom").fill("3");
  await namesAllControls(page);
  await picture(page, "playground-drift");
  const at = (await page.locator("#canvas").boundingBox()) ?? assert.fail("there is no map");
  const middle = { x: at.width / 2, y: at.height / 2 };
  await page.locator("#canvas").click({ position: middle }); // where the followed entity is
  await page.getByText("Pick an entity on the map").waitFor();
}

/** One more player of the same page, whose ship flies by button and by key. @param {Page} page */
async function playArena(page) {
  await page.getByRole("button", { name: "Join arena" }).click();
  await page.getByRole("status").getByText("arena: playing").waitFor();
  await applies(page);
  const player = await page.locator('[data-figure="player"]').textContent();
  await page.getByLabel("filter").fill(`ship owner=${player}`);
  const ship = page.locator("details", { hasText: "Ship" }).locator("tbody tr");
  await ship.nth(1).waitFor({ state: "detached" }); // one ship is one's own
  const column = await columnOf(page, "Ship", "thrusting");
  const thrusting = (/** @type {string} */ is) => ship.locator("td").nth(column).getByText(is);
  const ahead = page.getByRole("button", { name: "thrust: hold 1" });
  await ahead.hover();
  await page.mouse.down();
  await thrusting("yes").waitFor();
  await page.mouse.up();
  await thrusting("no").waitFor();
  await page.locator("#canvas").focus();
  await page.keyboard.down("KeyW");
  await thrusting("yes").waitFor();
  await page.keyboard.up("KeyW");
  await ship.getByRole("button").click();
  await page.getByLabel("filter").fill("");
  await namesAllControls(page);
}

/** No map but a table, private rows that say so, and a message. @param {Page} page */
async function playCards(page) {
  await page.getByRole("button", { name: "Join cards" }).click();
  await page.getByText("Nothing in this game has a place").waitFor();
  assert.equal(await page.locator("#canvas").isVisible(), false, "a map of nowhere is shown");
  await applies(page);
  const hand = page.locator("details", { hasText: "Hand" });
  await hand.getByText("private").waitFor();
  await page.getByRole("button", { name: "draw: press once" }).click();
  await page.waitForFunction(() => {
    const cards = document.querySelectorAll("#tables details:nth-of-type(2) tbody td");
    return cards.length > 0 && Number(cards[0].textContent) > 0;
  });
  await page.getByLabel("play", { exact: true }).fill("1");
  await page.getByRole("button", { name: "play: send once" }).click();
  await page.getByRole("log").getByText("Played").waitFor();
  await namesAllControls(page);
  await picture(page, "playground-cards");
}

/** The game's own page leads here. @param {Page} page @param {string} url */
async function linkFromTheGame(page, url) {
  await page.goto(new URL("/", url).href);
  await page.getByRole("button", { name: "Help" }).click();
  await page.getByRole("link", { name: "playground" }).click();
  await page.waitForURL(url);
}

/** Waits until the first entity of the table has another first field. @param {Page} page */
async function moves(page) {
  const cell = page.locator("tbody td").first();
  await cell.waitFor();
  const before = await cell.textContent();
  await page.waitForFunction(
    (before) => document.querySelector("tbody td")?.textContent !== before,
    before,
  );
}

/** Waits until the server has applied inputs, and sees that all checksums agreed. @param {Page} page */
async function applies(page) {
  await page.waitForFunction((least) => {
    const figure = document.querySelector('[data-figure="inputs applied"]');
    return Number(figure?.textContent) >= least;
  }, INPUTS);
  assert.equal(await page.locator('[data-figure="checksums differed"]').textContent(), "0");
}

/**
 * The place of a field among the fields of a kind's table.
 *
 * @param {Page} page
 * @param {string} kind
 * @param {string} field
 */
async function columnOf(page, kind, field) {
  const names = await page
    .locator("details", { hasText: kind })
    .locator("thead th")
    .allTextContents();
  return names.indexOf(field) - 1; // the first is the id
}

/** Presses Tab until a button has the focus. @param {Page} page @param {string} name */
async function tabTo(page, name) {
  for (let i = 0; i < 20; i++) {
    await page.keyboard.press("Tab");
    const label = await page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
    if (label === name) return;
  }
  assert.fail(`no Tab leads to ${name}`);
}

/** Everything that can have the focus must have a name. @param {Page} page */
async function namesAllControls(page) {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  const focusable = nodes.filter(
    ({ ignored, properties = [] }) =>
      !ignored &&
      properties.some(({ name, value }) => name === "focusable" && value.value === true),
  );
  const nameless = focusable.filter(({ name }) => !name?.value).map(({ role }) => role?.value);
  assert(focusable.length > 10, `only ${focusable.length} controls`);
  assert.deepEqual(nameless, [], "controls have no name");
}

/** Nothing may be wider than the screen. @param {Page} page */
async function fitsAcross(page) {
  const [wide, screen] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  assert(wide <= screen, `the page is ${wide} pixels wide on a screen of ${screen}`);
}
