import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

function read(name: string): string {
  return readFileSync(new URL(name, import.meta.url), "utf8");
}

// `npm run check` compiles the files.
it.each([
  ["../README.md", "readme/example.ts"],
  ["../../README.md", "readme/page.ts"],
])("has in %s an example of at most 50 lines that compiles", (page, name) => {
  const example = read(name);
  expect(read(page)).toContain(`\`\`\`ts\n${example}\`\`\``);
  expect(example.split("\n").length).toBeLessThanOrEqual(51);
});
