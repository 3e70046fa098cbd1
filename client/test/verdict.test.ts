import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { backoff, closeInfo } from "../src/verdict.js";

const page = readFileSync(new URL("../../schema/PROTOCOL.md", import.meta.url), "utf8");
const rows = [...page.matchAll(/^\| (\d{4}) \| ([^|]+) \|[^|]+\| ([^|]+) \|$/gm)].map((row) => ({
  code: Number(row[1]),
  name: row[2],
  verdict: { never: "never", "retry now": "retry", "back off": "backoff" }[row[3]],
}));

describe("a close code", () => {
  it("has a row in the protocol's table", () => {
    expect(rows.length).toBeGreaterThan(8);
  });

  it.each(rows)("$code is $name: $verdict", ({ code, verdict }) => {
    expect(closeInfo(code, "why")).toEqual({ code, verdict, reason: "why" });
  });

  it("that is not in the table means that the network broke", () => {
    expect(closeInfo(1006, "")).toMatchObject({ verdict: "backoff" });
  });
});

describe("backing off", () => {
  it("doubles from 1 s to 30 s, half of it by chance", () => {
    expect([1, 2, 3, 5, 6, 100].map((attempt) => backoff(attempt, 0))).toEqual([
      500, 1000, 2000, 8000, 15_000, 15_000,
    ]);
    expect(backoff(1, 0.999)).toBeCloseTo(1000, -1);
    expect(backoff(9)).toBeGreaterThanOrEqual(15_000);
  });
});
