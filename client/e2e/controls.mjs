import assert from "node:assert/strict";
import { picture } from "./screen.mjs";

/** @import { Page } from "playwright-core" */

/** What the browser's accessibility tree calls things that people use, or that stand for a picture. */
const NAMED = [
  "button",
  "link",
  "textbox",
  "radio",
  "combobox",
  "checkbox",
  "meter",
  "image",
  "img",
  "form",
  "toolbar",
  "application",
];

/** The panels of the page, by the buttons that open them; none is closed but by its own. */
const PANELS = {
  none: undefined,
  name: "#callsign-button",
  network: "#net-button",
  split: "#split-button",
  watch: "#watch-button",
  help: "#help-button",
};

/**
 * Opens each panel of the page, and checks that all has a name, that controls can be reached and that
 * nothing is wider than the page. Screenshots are named after the screen and the panel.
 *
 * @param {Page} page
 * @param {string} screen
 * @param {{ pictures: boolean }} options
 */
export async function checkControls(page, screen, { pictures }) {
  for (const [panel, button] of Object.entries(PANELS)) {
    if (button) await page.locator(button).click();
    await page.waitForFunction(() => window.rondo.own !== undefined);
    await checkNames(page, `${screen}, ${panel}`);
    await checkPlaces(page, `${screen}, ${panel}`);
    if (pictures) await picture(page, `${screen}-${panel}`);
    if (button) await page.locator(button).click();
  }
}

/** @param {Page} page @param {string} where */
async function checkNames(page, where) {
  const devtools = await page.context().newCDPSession(page);
  const { nodes } = await devtools.send("Accessibility.getFullAXTree");
  await devtools.detach();
  const found = nodes.filter(({ role, ignored }) => !ignored && NAMED.includes(role?.value));
  const nameless = found.filter(({ name }) => !name?.value?.trim());
  assert(found.length > 8, `${where}: the page has ${found.length} things with names alone`);
  assert.deepEqual(
    nameless.map(({ role }) => role?.value),
    [],
    `${where}: things without an accessible name`,
  );
}

/** @param {Page} page @param {string} where */
async function checkPlaces(page, where) {
  const misplaced = await page.evaluate(() => {
    const wrong = [];
    if (document.documentElement.scrollWidth > innerWidth) wrong.push("the page scrolls sideways");
    for (const control of document.querySelectorAll("button, input, select, a, .stick")) {
      const { left, top, width, height } = control.getBoundingClientRect();
      if (width === 0) continue; // it is not there
      const id = control.id || control.getAttribute("data-stick") || control.outerHTML;
      if (left < 0 || left + width > innerWidth) wrong.push(`${id} is out of the page`);
      const top1 = document.elementFromPoint(left + width / 2, top + height / 2);
      const inHelp = document.querySelector("#help")?.contains(top1);
      if (!control.contains(top1) && !inHelp) wrong.push(`${id} is covered by ${top1?.id}`);
    }
    return wrong;
  });
  assert.deepEqual(misplaced, [], where);
}
