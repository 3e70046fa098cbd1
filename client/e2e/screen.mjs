import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** @import { Page } from "playwright-core" */

/** A laptop's window. */
export const DESKTOP = { viewport: { width: 1280, height: 800 } };

/** A phone's. */
export const PHONE = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  hasTouch: true,
  isMobile: true,
};

const out = new URL("out/", import.meta.url);

/**
 * Takes a screenshot to e2e/out.
 *
 * @param {Page} page
 * @param {string} name
 * @param {{ fullPage?: boolean }} options
 */
export async function picture(page, name, options = {}) {
  await mkdir(out, { recursive: true });
  await page.screenshot({ ...options, path: fileURLToPath(new URL(`${name}.png`, out)) });
}
