import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const RONDO = "./cmd/rondo";

/**
 * A node of rondo in a process of its own.
 *
 * @typedef {object} GameNode
 * @property {string} url where its page is
 * @property {() => Promise<void>} stop ends it and waits until it has
 */

/**
 * Starts `rondo dev`, or another program's `dev`, on a free port of this machine and waits for its
 * banner.
 *
 * @param {string} program its folder in the repository
 * @returns {Promise<GameNode>}
 */
export async function startNode(program = RONDO) {
  const folder = mkdtempSync(join(tmpdir(), "rondo-e2e-"));
  const child = spawn(binary(program, folder), ["dev", "--http", "127.0.0.1:0"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const stop = async () => {
    child.kill("SIGTERM");
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
  for await (const line of createInterface(child.stdout)) {
    const url = /http:\/\/[\d.]+:\d+\//.exec(line)?.[0];
    if (url !== undefined) {
      child.stdout.resume(); // or a full pipe would hold it up
      return { url, stop };
    }
  }
  await stop();
  throw new Error("the program ended before its banner");
}

/**
 * @param {string} program its folder in the repository
 * @param {string} folder where to build it, if it must be
 * @returns {string}
 */
function binary(program, folder) {
  const given = process.env.RONDO_BIN;
  if (given && program === RONDO) return given;
  const path = join(folder, "program");
  const root = fileURLToPath(new URL("../..", import.meta.url));
  execFileSync("go", ["build", "-o", path, program], { cwd: root, stdio: "inherit" });
  return path;
}
