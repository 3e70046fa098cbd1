const PREFIX = "rondo.arena.";

/** What this browser remembers under a name; undefined where it does not, or may not. */
export function remembered(name: string): string | undefined {
  try {
    return localStorage.getItem(PREFIX + name) ?? undefined;
  } catch {
    return undefined; // the browser keeps nothing for this page
  }
}

/** Remembers a value, where the browser may. */
export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // The next visit starts afresh.
  }
}
