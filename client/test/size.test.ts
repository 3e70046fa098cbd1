import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

/** Everything from the shared part's bytes to words. */
const DECODER = ["rangecoder", "models", "predict", "delta", "state", "table"];

/** Lines that it may have, without comments and blank ones. Where it shrinks, so should this. */
const LIMIT = 393;

it(`decodes states in at most ${LIMIT} lines`, () => {
  const lines = DECODER.flatMap((name) => {
    const text = readFileSync(new URL(`../src/${name}.ts`, import.meta.url), "utf8");
    return text.replace(/\/\*\*.*?\*\/|^ *\/\/[^\n]*$/gms, "").split("\n");
  });
  expect(lines.filter((line) => line.trim() !== "").length).toBeLessThanOrEqual(LIMIT);
});
