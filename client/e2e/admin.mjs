// An operator opens the admin page of a node with players, a queue that waits and more rooms than a page
// shows: the figures must move, the rules must be explained in words, every control must have a name and
// nothing may be wider than a phone. With a token the page must ask for it. Screenshots go to e2e/out.
//
// RONDO_BIN and CHROMIUM are as in two-pages.mjs.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launch } from "./browser.mjs";
import { startNode } from "./node.mjs";
import { DESKTOP, PHONE, picture } from "./screen.mjs";

/** @import { Browser, BrowserContextOptions, Page } from "playwright-core" */

/** Milliseconds that any condition may take: the machine may be busy with other things. */
const PATIENCE = 180_000;

const TOKEN = "0123456789abcdef0123456789abcdef";

/** A mode whose lone ticket waits, and is told why. */
const RULES = `version = 1

[[mode]]
game = "arena"
name = "duel"
teams = [1, 1]
skill = { from = 50, per_second = 1, to = 400 }
overdue = "600s"
`;

/** Rooms that one status shows. */
const SHOWN = 100;

const folder = mkdtempSync(join(tmpdir(), "rondo-admin-"));
const rules = join(folder, "rules.toml");
writeFileSync(rules, RULES);
const browser = await launch();
try {
  await withNode(["--rules", rules, "--room-grace", "1h"], async (url) => {
    const waits = await fill(url);
    await open(browser, url, DESKTOP); // who plays
    const page = await open(browser, `${url}admin/`, { ...DESKTOP, colorScheme: "light" });
    await live(page);
    await explains(page, waits);
    await turns(page);
    await namesAllControls(page);
    await page.evaluate(() => scrollTo(0, 0));
    await picture(page, "admin-desktop");
    const dark = await open(browser, `${url}admin/`, { ...DESKTOP, colorScheme: "dark" });
    await live(dark);
    await picture(dark, "admin-dark");
    const phone = await open(browser, `${url}admin/`, { ...PHONE, colorScheme: "dark" });
    await live(phone);
    await explains(phone, waits);
    await fitsAcross(phone);
    await picture(phone, "admin-phone");
    await phone.getByRole("heading", { name: "Queues" }).scrollIntoViewIfNeeded();
    await phone
      .getByRole("table", { name: "Rooms" })
      .getByRole("row")
      .nth(3)
      .scrollIntoViewIfNeeded();
    await picture(phone, "admin-phone-rooms");
  });
  await withNode(["--admin-token", TOKEN], async (url) => {
    await unlocks(await open(browser, `${url}admin/`, { ...PHONE, colorScheme: "light" }));
  });
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
console.log("e2e: the admin page showed a node, explained a ticket and asked for its token");

/** Uses a node and ends it. @param {readonly string[]} flags @param {(url: string) => Promise<void>} use */
async function withNode(flags, use) {
  const node = await startNode(undefined, ["--ticket-rate=-1", "--log-level", "error", ...flags]);
  try {
    await use(node.url);
  } finally {
    await node.stop();
  }
}

/** Opens rooms, some private, and makes tickets that wait. @param {string} url @returns {Promise<string>} one of these tickets */
async function fill(url) {
  for (let i = 0; i < SHOWN + 7; i++)
    await post(`${url}v1/rooms`, { game: "arena", private: i % 3 === 0 });
  const far = await post(`${url}v1/tickets`, { game: "arena", mode: "duel", skill: 900 });
  const near = await post(`${url}v1/tickets`, { game: "arena", mode: "duel", skill: 2500 });
  void hold(url, far.id);
  void hold(url, near.id);
  return far.id;
}

/** Waits for a ticket, as a player's program would, for as long as the node is there: nobody's tickets are let go. @param {string} url @param {string} id */
async function hold(url, id) {
  try {
    while ((await fetch(`${url}v1/tickets/${id}?wait=30s`)).ok);
  } catch {
    // the node has ended
  }
}

/** @param {string} url @param {object} body @returns {Promise<{ id: string }>} */
async function post(url, body) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  assert.equal(response.status, 201, `${url} does not answer 201`);
  return /** @type {{ id: string }} */ (await response.json());
}

/** @param {Browser} browser @param {string} url @param {BrowserContextOptions} options */
async function open(browser, url, options) {
  const page = await (await browser.newContext(options)).newPage();
  page.setDefaultTimeout(PATIENCE);
  page.on("pageerror", (error) => {
    throw error;
  });
  await page.goto(url);
  return page;
}

/** Waits until figures moved, and lines were drawn. @param {Page} page */
async function live(page) {
  await page.getByRole("status").getByText("live", { exact: true }).waitFor();
  const up = page.locator('[data-figure="up for"]');
  const before = await up.textContent();
  await page.waitForFunction(
    (before) => document.querySelector('[data-figure="up for"]')?.textContent !== before,
    before,
  );
  await page.waitForFunction(() => {
    const lines = [...document.querySelectorAll("#queues-table polyline")];
    return lines.some((line) => (line.getAttribute("points") ?? "").split(" ").length >= 3);
  });
  const duel = page.getByRole("row", { name: /^arena duel/ });
  await duel.getByText("2", { exact: true }).waitFor();
}

/** @param {Page} page @param {string} ticket */
async function explains(page, ticket) {
  await page.getByLabel("Ticket's id").fill("no-such-ticket");
  await page.getByRole("button", { name: "Explain" }).click();
  const answer = page.getByRole("status", { name: "Why the ticket waits" });
  await answer.getByText("no such ticket").waitFor();
  await page.getByLabel("Ticket's id").fill(ticket);
  await page.getByLabel("Ticket's id").press("Enter");
  await answer.getByText("skill: too few wait near in skill").waitFor();
}

/** Turns to the last rooms and back. @param {Page} page */
async function turns(page) {
  await page.getByText("and 7 more").waitFor();
  const rows = page.locator("#rooms-table tbody tr");
  assert.equal(await rows.count(), SHOWN);
  await page.getByRole("button", { name: "Next rooms" }).click();
  await rows.nth(7).waitFor({ state: "detached" });
  assert.equal(await rows.count(), 7);
  await page.getByRole("button", { name: "From the first" }).click();
  await rows.nth(SHOWN - 1).waitFor();
}

/** Asks for the token, refuses a wrong one, keeps the right one over a reload and forgets it. @param {Page} page */
async function unlocks(page) {
  const token = page.getByLabel("Admin token");
  await token.waitFor();
  assert.equal(await page.getByRole("heading", { name: "Queues" }).isVisible(), false);
  await token.fill("wrong");
  await picture(page, "admin-lock");
  await page.getByRole("button", { name: "Show the node" }).click();
  await page.getByText("that is not the node's admin token").waitFor();
  await token.fill(TOKEN);
  await token.press("Enter");
  await page.getByRole("heading", { name: "Queues" }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "Queues" }).waitFor();
  await fitsAcross(page);
  await page.getByRole("button", { name: "Forget the token" }).click();
  await token.waitFor();
}

/** Everything that can have the focus must have a name. @param {Page} page */
async function namesAllControls(page) {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  const focusable = nodes.filter(
    ({ ignored, role, properties = [] }) =>
      !ignored &&
      role?.value !== "RootWebArea" &&
      properties.some(({ name, value }) => name === "focusable" && value.value === true),
  );
  const nameless = focusable.filter(({ name }) => !name?.value).map(({ role }) => role?.value);
  assert(focusable.length >= 3, `only ${focusable.length} controls`);
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
