/** How an event's listener may be ended, beside calling what `on` returned. */
export interface ListenOptions {
  /** Ends the listener when it fires. */
  signal?: AbortSignal | undefined;
}

type Listener = (value: never, tick: number) => void;

/** Calls listeners by the name of an event, in the order in which they came. */
export class Emitter {
  readonly #listeners = new Map<string, Set<Listener>>();

  /** Adds a listener and returns what removes it. */
  on(event: string, listener: Listener, { signal }: ListenOptions = {}): () => void {
    const entry: Listener = (value, tick) => listener(value, tick); // one listener may come twice
    const entries = this.#listeners.get(event) ?? new Set();
    const off = () => {
      entries.delete(entry);
      signal?.removeEventListener("abort", off);
    };
    if (signal?.aborted) return off;
    signal?.addEventListener("abort", off);
    this.#listeners.set(event, entries.add(entry));
    return off;
  }

  /** Calls the listeners. What one throws is reported as uncaught and keeps nobody else from hearing. */
  emit(event: string, value: unknown, tick: number): void {
    const entries = this.#listeners.get(event) ?? new Set();
    for (const listener of [...entries]) {
      if (!entries.has(listener)) continue; // removed by one before it
      try {
        listener(value as never, tick);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  /** Removes all listeners. */
  clear(): void {
    for (const entries of this.#listeners.values()) entries.clear();
  }
}
