import { byId } from "../demo/page.js";
import { write } from "../playground/write.js";
import { type Answer, ask, forgetToken, hasToken, keepToken } from "./ask.js";
import { Explain } from "./explain.js";
import { NodeFigures } from "./node.js";
import { Queues } from "./queues.js";
import { Rooms } from "./rooms.js";
import type { Status } from "./status.js";
import { extend } from "./track.js";

/** Milliseconds between an answer and the next question. */
const PERIOD = 1000;

const TROUBLE: Readonly<Record<string, string>> = {
  token: "the node asks for its admin token",
  "wrong token": "that is not the node's admin token",
  closed: "the node shows this page to nobody: start it with --admin-token",
  busy: "the node takes no more questions from this address for now",
  gone: "the node does not answer",
};

const node = new NodeFigures();
const queues = new Queues();
const rooms = new Rooms(() => void refresh());
new Explain();

let track: readonly Status[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;
let asked = 0;

/** Asks and shows, and does it again; not while the page is hidden. */
async function refresh(): Promise<void> {
  clearTimeout(timer);
  if (document.hidden) return;
  const turn = ++asked;
  const answer = await ask(rooms.after);
  if (turn !== asked) return; // another one was asked meanwhile
  show(answer);
  if ("status" in answer || !answer.trouble.endsWith("token")) {
    timer = setTimeout(() => void refresh(), PERIOD);
  }
}

function show(answer: Answer): void {
  const trouble = "trouble" in answer ? answer.trouble : undefined;
  write(byId("status"), trouble === undefined ? "live" : TROUBLE[trouble]);
  byId("status").dataset.state = trouble === undefined ? "good" : "bad";
  if (trouble === "wrong token") forgetToken();
  const locked = trouble?.endsWith("token") ?? false;
  byId("lock").hidden = !locked;
  byId("forget").hidden = !hasToken();
  if (locked) track = [];
  if ("status" in answer) {
    track = extend(track, answer.status);
    node.show(track);
    queues.show(track);
    rooms.show(answer.status);
  }
  byId("panels").hidden = track.length === 0;
  document.body.toggleAttribute("data-stale", trouble !== undefined);
}

byId("lock").addEventListener("submit", (event) => {
  event.preventDefault();
  const input = byId<HTMLInputElement>("token");
  if (input.value.trim() === "") return;
  keepToken(input.value.trim());
  input.value = "";
  void refresh();
});
byId("forget").addEventListener("click", () => {
  forgetToken();
  void refresh();
});
document.addEventListener("visibilitychange", () => void refresh());
void refresh();
