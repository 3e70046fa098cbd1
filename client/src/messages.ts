import type { Emitter } from "./emitter.js";
import { MESSAGE } from "./session.js";

/** Messages that wait for a loop at most. */
const MOST = 1024;

/**
 * Iterates over the messages that events tell from now on, until they tell of the close.
 *
 * @param zeros what values are, by the message's name, that messages do not have
 * @param over whether the close was told already
 */
export function messagesOf<M extends { readonly name: string; readonly value: unknown }>(
  events: Emitter,
  zeros: Partial<Record<string, object>>,
  over: boolean,
): AsyncIterableIterator<M> {
  const waiting: M[] = [];
  let ended = over;
  let wakes: (() => void)[] = [];
  const stir = () => {
    for (const wake of wakes) wake();
    wakes = [];
  };
  const end = () => {
    ended = true;
    offs.forEach((off) => {
      off();
    });
    stir();
  };
  const offs = [
    events.on(MESSAGE, (message: M) => {
      const value = Object.assign({}, zeros[message.name], message.value);
      if (waiting.push({ ...message, value }) > MOST) waiting.shift();
      stir();
    }),
    events.on("close", end),
  ];
  const next = async (): Promise<IteratorResult<M>> => {
    for (;;) {
      const value = waiting.shift();
      if (value !== undefined) return { done: false, value };
      if (ended) return { done: true, value: undefined };
      await new Promise<void>((resolve) => wakes.push(resolve));
    }
  };
  return {
    next,
    async return() {
      waiting.length = 0;
      end();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
