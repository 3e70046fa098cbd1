/** Writes a text where it is another one: a browser lays the page out, and a live region speaks, at every write. */
export function write(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
