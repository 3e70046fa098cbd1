import { defineConfig } from "vitest/config";

/** Milliseconds that a test or a hook may take: the machine may be busy with other things. */
const PATIENCE = 300_000;

export default defineConfig({
  test: { include: ["test/**/*.test.ts"], testTimeout: PATIENCE, hookTimeout: PATIENCE },
});
