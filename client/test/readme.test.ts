import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

function read(name: string): string {
  return readFileSync(new URL(name, import.meta.url), "utf8");
}

// `npm run check` compiles the file.
it("has in its README an example of at most 50 lines that compiles", () => {
  const example = read("readme/example.ts");
  expect(read("../README.md")).toContain(`\`\`\`ts\n${example}\`\`\``);
  expect(example.split("\n").length).toBeLessThanOrEqual(51);
});
