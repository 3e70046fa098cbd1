import { byId, make } from "../demo/page.js";
import { count, digits, time } from "./format.js";

/** What `GET /v1/tickets/{id}/explain` answers. */
export interface Explanation {
  readonly status: string;
  readonly rule?: string;
  readonly text: string;
  readonly waited_s: number;
  /** Other players that a match needs, and how many each rule asked so far leaves. */
  readonly needed?: number;
  readonly left?: readonly { readonly rule: string; readonly players: number }[];
  readonly widens_s?: number;
  readonly overdue_s?: number;
}

/** The rules in words. */
const RULES: Readonly<Record<string, string>> = {
  players: "too few others wait",
  equal: "too few wait with the same attributes",
  share: "too few wait with a value in common",
  latency: "too few wait near a common region",
  skill: "too few wait near in skill",
  distance: "too few wait near in an attribute",
  sizes: "the parties that wait make no teams",
  patience: "a better match is near",
  others: "the rules together, none alone",
  accept: "its match is to be accepted",
  room: "there is no seat or room",
};

/** An explanation as names and texts, in the order in which one asks. */
export function wordsOf(x: Explanation): [name: string, text: string][] {
  const words: [string, string][] = [["the ticket", `${x.status}: ${x.text}`]];
  if (x.status !== "queued") return words;
  words.push(["has waited", time(x.waited_s)]);
  if (x.rule) words.push(["held back by", `${x.rule}: ${RULES[x.rule] ?? "a rule of the mode"}`]);
  if (x.left?.length) {
    const left = x.left.map(({ rule, players }) => `${rule} ${count(players)}`).join(", ");
    words.push([`others left of ${count(x.needed ?? 0)} needed`, left]);
  }
  if (x.widens_s)
    words.push(["widens enough in", `${digits(x.widens_s)} s, if nobody comes or goes`]);
  if (x.overdue_s) words.push(["takes any match in", time(x.overdue_s)]);
  return words;
}

/** The form that asks why a ticket waits. */
export class Explain {
  readonly #answer = byId("explain-answer");

  constructor() {
    byId("explain-form").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#ask(byId<HTMLInputElement>("ticket").value.trim());
    });
  }

  async #ask(id: string): Promise<void> {
    if (id === "") return;
    const words = await explain(id).catch((): [string, string][] => [
      ["no answer", "the node cannot be reached: try again"],
    ]);
    this.#answer.replaceChildren(
      ...words.flatMap(([name, text]) => [make("dt", name), make("dd", text)]),
    );
  }
}

async function explain(id: string): Promise<[name: string, text: string][]> {
  const response = await fetch(`/v1/tickets/${encodeURIComponent(id)}/explain`);
  const body = await response.json();
  return response.ok ? wordsOf(body) : [["no answer", `${body.detail}`]];
}
