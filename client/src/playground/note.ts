import { byId } from "../demo/page.js";

/** Says in a section why there is nothing in it; undefined takes the words away. */
export function note(section: string, text: string | undefined): void {
  const words = byId(section).querySelector<HTMLElement>(".empty");
  if (words === null) return;
  words.hidden = text === undefined;
  if (text !== undefined) words.textContent = text;
}
