// How long the decoder takes for recorded games, in Node and in Chromium.
//
//   node bench/main.mjs RECORDINGS   a folder that the server's tests wrote; see `make bench-client`
//
//   CHROMIUM    the browser; /usr/bin/chromium where it is not set

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

/** @import { Figures, Recording } from "./decode.js" */

/** What `npm run bench` compiles bench/decode.ts to, and a place for it that only the page knows. */
const built = new URL("out/", import.meta.url);
const site = "http://bench.invalid/";

const folder = process.argv[2];
/** @type {Recording[]} */
const recordings = readdirSync(folder).map((name) =>
  JSON.parse(readFileSync(join(folder, name), "utf8")),
);
print(`Node ${process.version}`, await inNode());
await inChromium();

async function inNode() {
  const { measure } = await import(new URL("bench/decode.js", built).href);
  return recordings.map(measure);
}

async function inChromium() {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--no-first-run", "--disable-background-networking", "--disable-sync"],
  });
  try {
    const page = await browser.newPage();
    await page.route(`${site}**`, (route) => {
      const path = new URL(route.request().url()).pathname.slice(1);
      if (path === "") return route.fulfill({ contentType: "text/html", body: "" });
      return route.fulfill({ path: fileURLToPath(new URL(path, built)) });
    });
    await page.goto(site);
    /** @type {Figures[]} */
    const figures = [];
    for (const recording of recordings) {
      figures.push(
        await page.evaluate(
          async ({ script, recording }) => (await import(script)).measure(recording),
          { script: `${site}bench/decode.js`, recording },
        ),
      );
    }
    print(`Chromium ${browser.version()}`, figures);
  } finally {
    await browser.close();
  }
}

/** @param {string} where @param {Figures[]} all */
function print(where, all) {
  console.log(where);
  for (const { name, entities, bytes, nsPerEntity } of all) {
    const [ns, size, many] = [nsPerEntity.toFixed(0), bytes.toFixed(1), entities.toFixed(0)];
    console.log(
      `  ${name.padEnd(9)} ${ns.padStart(5)} ns/entity ${size.padStart(7)} bytes/snapshot ${many.padStart(5)} entities`,
    );
  }
}
