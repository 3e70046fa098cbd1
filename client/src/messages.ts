import type { Emitter } from "./emitter.js";
import { MESSAGE } from "./session.js";

/** Messages that wait for a loop at most. */
const MOST = 1024;

/** Iterates over the messages that events tell from its first step on, until `closed` is true at their close. */
export async function* messagesOf<M>(
  events: Emitter,
  closed: () => boolean,
): AsyncGenerator<M, void> {
  const waiting: M[] = [];
  let wake = () => {};
  const off = events.on(MESSAGE, (message: M) => {
    if (waiting.push(message) > MOST) waiting.shift();
    wake();
  });
  events.on("close", () => wake());
  try {
    for (;;) {
      for (let next = waiting.shift(); next; next = waiting.shift()) yield next;
      if (closed()) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    off();
  }
}
