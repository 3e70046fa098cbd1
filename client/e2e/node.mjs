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
 * Starts a node and waits for its banner: a program's `dev` on a free port of this machine, or where this
 * runs behind an emulated network (internal/netem/cmd/netem), a node on the other side of it.
 *
 * @param {string} program its folder in the repository
 * @param {readonly string[]} flags more of its flags
 * @returns {Promise<GameNode>}
 */
export async function startNode(program = RONDO, flags = []) {
  const folder = mkdtempSync(join(tmpdir(), "rondo-e2e-"));
  const [command, ...args] = [...commandLine(binary(program, folder)), ...flags];
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const stop = async () => {
    child.kill("SIGTERM");
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
  for await (const line of createInterface(child.stdout)) {
    const url = /http:\/\/[\d.]+:\d+/.exec(line)?.[0];
    if (url !== undefined) {
      child.stdout.resume(); // or a full pipe would hold it up
      return { url: `${url}/`, stop };
    }
  }
  await stop();
  throw new Error("the node ended before its banner");
}

/** @param {string} path of the program @returns {string[]} */
function commandLine(path) {
  const { NETEM_NEAR: near, NETEM_NEAR_IP: ip } = process.env;
  if (!near) return [path, "dev", "--http", "127.0.0.1:0"];
  const serve = [path, "serve", "--http", `${ip}:8080`, "--origins", `http://${ip}:8080`];
  return ["nsenter", `--net=${near}`, ...serve, "--check-every", "1", "--log-level", "error"];
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
