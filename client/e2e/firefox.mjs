import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What keeps Firefox from asking, updating and telling. */
const PREFERENCES = {
  "app.update.enabled": false,
  "browser.aboutwelcome.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "toolkit.telemetry.reportingpolicy.firstRun": false,
};

/** A Firefox without a window, the one that FIREFOX names or /usr/bin/firefox-esr. Nobody drives it. */
export class Firefox {
  /** Rejects when it ends by itself. @type {Promise<never>} */
  ended;
  #profile = mkdtempSync(join(tmpdir(), "rondo-firefox-"));
  #child;
  #exited;

  /** Opens it with a page. @param {string} url */
  static open(url) {
    return new Firefox(url);
  }

  /** @param {string} url */
  constructor(url) {
    const lines = Object.entries(PREFERENCES).map(([k, v]) => `user_pref("${k}", ${v});\n`);
    writeFileSync(join(this.#profile, "user.js"), lines.join(""));
    const program = process.env.FIREFOX ?? "/usr/bin/firefox-esr";
    const args = ["--headless", "--no-remote", "--profile", this.#profile, url];
    this.#child = spawn(program, args, {
      stdio: "ignore",
      detached: true, // its processes are a group, which ends together
      env: { ...process.env, HOME: this.#profile },
    });
    this.#exited = once(this.#child, "exit");
    this.ended = this.#exited.then(([code]) => {
      throw new Error(`Firefox ended with code ${code} before it answered`);
    });
    this.ended.catch(() => {}); // after close nobody listens
  }

  /** Ends it and forgets its profile. */
  async close() {
    if (this.#child.pid && this.#child.exitCode === null) process.kill(-this.#child.pid, "SIGKILL");
    await this.#exited.catch(() => {});
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
