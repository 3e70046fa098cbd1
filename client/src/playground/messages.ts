import { byId, make } from "../demo/page.js";
import { type Line, Log } from "./log.js";
import { note } from "./note.js";

/** The messages of a room as they come, newest first. */
export class Messages {
  readonly #list = byId("log");
  #log: Log | undefined;
  #seen = 0;

  /** Shows what came since the last call, or all of another log. */
  show(log: Log | undefined): void {
    if (log !== this.#log) this.#list.replaceChildren();
    this.#seen = log === this.#log ? this.#seen : 0;
    this.#log = log;
    for (const line of log?.since(this.#seen) ?? []) this.#list.prepend(element(line));
    this.#seen = log?.count ?? 0;
    while (this.#list.children.length > Log.kept) this.#list.lastElementChild?.remove();
    this.#list.hidden = this.#seen === 0;
    note("messages", this.#seen === 0 ? "What the game tells, newest first." : undefined);
  }
}

function element({ tick, name, values, own }: Line): HTMLElement {
  const line = make("li", "", own ? { "data-own": "" } : {});
  const text = Object.entries(values).map(([field, value]) => `${field} ${value}`);
  line.append(make("time", `${tick}`), make("b", name), ` ${text.join(", ")}`);
  return line;
}
